import FaultKit
import FaultTesting
import Foundation
import Testing

@Suite struct SampleSignerTests {
    private let digest = [UInt8](0..<32)

    @Test func blocksAreThoseOfSecureBootButForTheSignature() throws {
        let block = try Samples.signer.signatureBlock(for: self.digest, by: .own)
        #expect(block.count == 1_216)
        #expect(block.starts(with: [0xE7, 2, 0, 0] + self.digest))
        #expect(block.suffix(16).allSatisfy { $0 == 0 })
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = "import sys, zlib; print(zlib.crc32(bytes.fromhex(sys.argv[1])))"
        let text = block[..<1_196].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        process.arguments = ["timeout", "20", "python3", "-c", script, text]
        let out = Pipe()
        process.standardOutput = out
        try process.run()
        let said = String(
            decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let crc = block[1_196..<1_200].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(said == "\(crc)\n")
    }

    @Test func blocksDependOnDigestAndKeyAlone() throws {
        let signer = SampleSigner()
        let block = try signer.signatureBlock(for: self.digest, by: .own)
        #expect(try signer.signatureBlock(for: self.digest, by: .own) == block)
        let stranger = try signer.signatureBlock(for: self.digest, by: .stranger)
        #expect(stranger[36..<420] != block[36..<420], "the modulus is the key's")
        let other = try signer.signatureBlock(for: self.digest.reversed(), by: .own)
        #expect(other[36..<420] == block[36..<420] && other[420...] != block[420...])
    }

    @Test func refusesWhatItCannotSign() {
        #expect(throws: ImageError.self) { try SampleSigner().signatureBlock(for: [1], by: .own) }
        let signer = SampleSigner(hasOwnKey: false)
        #expect(throws: ImageError.self) { try signer.signatureBlock(for: self.digest, by: .own) }
        #expect(throws: Never.self) { try signer.signatureBlock(for: self.digest, by: .stranger) }
    }

    @Test func theSampleImagesCarryIt() {
        #expect(Samples.images.allSatisfy { $0.signer?.hasOwnKey == true })
    }
}
