import FirmwareImage
import Foundation
import Testing

struct SHA256Tests {
    /// From the examples that NIST publishes with FIPS 180-4.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func agreesWithTheStandard(text: String, digest: String) {
        #expect(SHA256.digest(of: Array(text.utf8)).hex == digest)
    }

    @Test func agreesWithTheStandardOnAMillionLetters() {
        #expect(
            SHA256.digest(of: [UInt8](repeating: 0x61, count: 1_000_000)).hex
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func isTheSameHoweverTheBytesAreCut() {
        var numbers = Numbers(seed: 1)
        let bytes = numbers.bytes(1000)
        for _ in 0..<200 {
            var hash = SHA256()
            var place = 0
            while place < bytes.count {
                let next = min(bytes.count, place + Int.random(in: 0...150, using: &numbers))
                hash.update(Array(bytes[place..<next]))
                place = next
            }
            #expect(hash.digest() == SHA256.digest(of: bytes))
        }
    }

    @Test func canGoOnAfterADigest() {
        var hash = SHA256()
        hash.update(Array("ab".utf8))
        #expect(hash.digest() == SHA256.digest(of: Array("ab".utf8)))
        hash.update(Array("c".utf8))
        #expect(hash.digest() == SHA256.digest(of: Array("abc".utf8)))
    }

    @Test(.timeLimit(.minutes(5)))
    func agreesWithSha256sumAtEveryLength() throws {
        var numbers = Numbers(seed: 2)
        let lengths = Array(0...260) + [4095, 4096, 4097, 65_535, 1_000_003]
        let contents = lengths.map { numbers.bytes($0) }
        try Outside.withFolder { folder in
            for (length, bytes) in zip(lengths, contents) {
                try Data(bytes).write(to: folder.appending(path: "\(length)"))
            }
            let (status, output) = try Outside.run([
                "sh", "-c", "cd '\(folder.path)' && sha256sum *",
            ])
            #expect(status == 0, "\(output)")
            let ours = zip(lengths, contents).map { "\(SHA256.digest(of: $1).hex)  \($0)" }
            #expect(Set(output.split(separator: "\n").map(String.init)) == Set(ours))
        }
    }
}

/// Random numbers that are the same in every run (xorshift64*).
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { self.state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        self.state ^= self.state >> 12
        self.state ^= self.state << 25
        self.state ^= self.state >> 27
        return self.state &* 0x2545_F491_4F6C_DD1D
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: self.next() >> 56) }
    }
}
