import FirmwareImage
import Foundation
import Testing

/// The profiles that need a signed image: espsecure, Espressif's own tool, judges what they give.
@Suite struct SignatureProfileTests {
    /// A key, its demo image as espsecure signs it, and what it is judged by.
    private struct Signed {
        let folder: Folder
        let image: [UInt8]
        var key: String { self.folder.file("key.pem") }

        init(_ scheme: String) throws {
            self.folder = try Folder()
            try self.folder.write(Data(AppImage.demo().bytes), to: "app.bin")
            try Self.espsecure(
                [
                    "generate_signing_key", "--version", "2", "--scheme", scheme,
                    folder.file("key.pem"),
                ])
            try Self.espsecure([
                "sign_data", "--version", "2", "--keyfile", self.folder.file("key.pem"), "--output",
                self.folder.file("signed.bin"), self.folder.file("app.bin"),
            ])
            self.image = [UInt8](try self.folder.bytes("signed.bin"))
        }

        @discardableResult
        private static func espsecure(_ words: [String]) throws -> Finished {
            let done = try run(checkout + "/.build-tools/esptool/bin/espsecure.py", words)
            try #require(done.status == 0, "\(done)")
            return done
        }

        /// Whether espsecure finds the user's signature on an image.
        func verifies(_ image: [UInt8]) throws -> Bool {
            try self.folder.write(Data(image), to: "judged.bin")
            return try run(
                checkout + "/.build-tools/esptool/bin/espsecure.py",
                [
                    "verify_signature", "--version", "2", "--keyfile", self.key,
                    self.folder.file("judged.bin"),
                ]
            ).status == 0
        }
    }

    @Test(arguments: ["rsa3072", "ecdsa256"])
    func unsignedIsTheImageAsItWasBuilt(scheme: String) throws {
        let signed = try Signed(scheme)
        #expect(try signed.verifies(signed.image))
        let faulty = try FaultyImage("unsigned", of: signed.image)
        #expect(faulty.bytes == AppImage.demo().bytes)
        try faulty.expectEsptool(checksum: true, digest: true)
    }

    @Test(arguments: ["rsa3072", "ecdsa256"])
    func signedByAnotherIsRightAndNotTrusted(scheme: String) throws {
        let signed = try Signed(scheme)
        let faulty = try FaultyImage("signed-by-another", of: signed.image)
        #expect(try !signed.verifies(faulty.bytes))
        #expect(faulty.bytes.count == signed.image.count)
        let content = signed.image.count - 4096
        #expect(faulty.bytes[..<content] == signed.image[..<content])
        // Nothing but the key is another.
        #expect(faulty.bytes[content..<content + 4] == signed.image[content..<content + 4])
        // With the key that stands in the block it is right.
        try signed.folder.write(Data(faulty.bytes), to: "other.bin")
        let file = signed.folder.file("other.bin")
        #expect(try run(binary, ["image", "verify", file]).status == 0)
        #expect(try run(binary, ["image", "verify", file, "--key", signed.key]).status == 1)
    }

    @Test(arguments: [("rsa3072", 812), ("ecdsa256", 101)])
    func signatureFlippedIsOneBitAndTheCRCIsRightAgain(scheme: String, place: Int) throws {
        let signed = try Signed(scheme)
        let faulty = try FaultyImage("signature-flipped", of: signed.image)
        try Self.expectOneBit(at: place, of: faulty)
        #expect(try !signed.verifies(faulty.bytes))
    }

    @Test(arguments: [("rsa3072", 36), ("ecdsa256", 37)])
    func signatureKeySwappedIsAnotherKeyToTheDevice(scheme: String, place: Int) throws {
        let signed = try Signed(scheme)
        let faulty = try FaultyImage("signature-key-swapped", of: signed.image)
        try Self.expectOneBit(at: place, of: faulty)
        // espsecure says what a device compares with its eFuses: the digest of the key in the block.
        func info(_ image: [UInt8]) throws -> String {
            try signed.folder.write(Data(image), to: "info.bin")
            let said = try run(
                checkout + "/.build-tools/esptool/bin/espsecure.py",
                ["signature_info_v2", signed.folder.file("info.bin")])
            let lines = said.output.split(separator: "\n").filter { $0.contains("key digest") }
            return try String(#require(lines.first, "\(said)"))
        }
        #expect(try info(faulty.bytes) != info(signed.image))
        try signed.folder.write(Data(faulty.bytes), to: "other.bin")
        let ours = try run(
            binary, ["image", "verify", signed.folder.file("other.bin"), "--key", signed.key])
        #expect(ours.status == 1)
    }

    /// Demands that in the signature sector nothing differs but this bit, and the CRC, which is right.
    private static func expectOneBit(
        at place: Int, of faulty: FaultyImage, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let start = faulty.honest.count - 4096
        #expect(
            faulty.changes.filter { $0 < start + 1196 } == [start + place],
            sourceLocation: location)
        #expect(faulty.changes.count > 1, sourceLocation: location)
        #expect(try faulty.inspection.firstFlaw == nil, sourceLocation: location)
    }

    @Test func signatureBlockCrcIsOneBit() throws {
        let signed = try Signed("rsa3072")
        let faulty = try FaultyImage("signature-block-crc", of: signed.image)
        let start = signed.image.count - 4096
        #expect(faulty.changes == [start + 1196])
        #expect(try !signed.verifies(faulty.bytes))
        #expect(try faulty.inspection.firstFlaw?.offset == start + 1196)
    }

    @Test func tamperedAfterSigningIsSealedAndItsSignatureIsWrong() throws {
        let signed = try Signed("rsa3072")
        let faulty = try FaultyImage("tampered-after-signing", of: signed.image)
        try faulty.expectEsptool(checksum: true, digest: true)
        #expect(try !signed.verifies(faulty.bytes))
    }

    @Test func anEditedImageIsSignedAnewWithTheUsersKey() throws {
        let signed = try Signed("ecdsa256")
        let faulty = try FaultyImage(
            "tampered-after-signing", of: signed.image, more: ["--sign-key", signed.key])
        #expect(faulty.bytes != signed.image)
        #expect(try signed.verifies(faulty.bytes))
    }

    @Test func theDemoImageIsSignedIfThereIsAKey() throws {
        let signed = try Signed("rsa3072")
        let server = try Faultserve(["--sign-key", signed.key])
        let got = server.folder.file("got")
        try server.curl(["-o", got, server.url + "/firmware.bin"])
        #expect(try signed.verifies([UInt8](server.folder.bytes("got"))))
        #expect(server.said.contains("signed with"))
    }

    @Test func anImageWithoutSignatureIsSaidAtTheStart() throws {
        let failure = #expect(throws: StartFailure.self) {
            try Faultserve(["--profile", "unsigned"])
        }
        #expect(
            failure?.said.contains("'firmware.bin' is not signed") == true,
            "\(String(describing: failure))")
    }
}
