import FirmwareImage
import Testing

struct CRC32Tests {
    @Test func hasTheCheckValueOfEveryCatalogue() {
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.of([]) == 0)
        #expect(CRC32.of([], continuing: 0x1234_5678) == 0x1234_5678)
    }

    @Test func continuesWhereItLeftOff() {
        var numbers = Numbers(seed: 11)
        let bytes = numbers.bytes(300)
        for cut in stride(from: 0, through: 300, by: 7) {
            let head = CRC32.of(bytes[..<cut])
            #expect(CRC32.of(bytes[cut...], continuing: head) == CRC32.of(bytes))
        }
    }

    @Test(.needs("python3"), .timeLimit(.minutes(5)))
    func agreesWithZlib() throws {
        var numbers = Numbers(seed: 12)
        let cases = (0..<200).map { count in
            (bytes: numbers.bytes(count), start: UInt32.random(in: 0...(.max), using: &numbers))
        }
        let lines = cases.map { "\($0.start),\($0.bytes.hex)\n" }.joined()
        let output = try Outside.python(
            """
            import zlib
            for line in open('cases'):
                start, data = line.strip().split(',')
                print(zlib.crc32(bytes.fromhex(data), int(start)))
            """, files: ["cases": Array(lines.utf8)])
        #expect(output == cases.map { "\(CRC32.of($0.bytes, continuing: $0.start))" })
    }
}

struct MD5Tests {
    /// RFC 1321, appendix A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func agreesWithTheStandard(text: String, digest: String) {
        #expect(MD5.digest(of: Array(text.utf8)).hex == digest)
    }

    @Test(.needs("python3"), .timeLimit(.minutes(5)))
    func agreesWithHashlibAtEveryLength() throws {
        var numbers = Numbers(seed: 13)
        let contents = (Array(0...260) + [4095, 4096, 20_000]).map { numbers.bytes($0) }
        let output = try Outside.python(
            """
            import hashlib
            for line in open('cases'):
                print(hashlib.md5(bytes.fromhex(line.strip())).hexdigest())
            """, files: ["cases": Array(contents.map { $0.hex + "\n" }.joined().utf8)])
        #expect(output == contents.map { MD5.digest(of: $0).hex })
    }
}
