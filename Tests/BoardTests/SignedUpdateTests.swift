@preconcurrency import Board
import FirmwareImage
import ImageSigning
import Testing

@Suite struct SignedUpdateTests {
    private static let keys = Result {
        try SignatureScheme.allCases.map { scheme in
            (scheme, try [SigningKey.generate(scheme), SigningKey.generate(scheme)])
        }
    }

    private func key(_ scheme: SignatureScheme, _ number: Int = 0) throws -> SigningKey {
        try #require(Self.keys.get().first { $0.0 == scheme }).1[number]
    }

    private func signed(_ file: [UInt8], _ key: SigningKey) throws -> [UInt8] {
        let layout = SignatureLayout(of: file)
        return try file.prefix(layout.contentSize)
            + layout.tail(signing: layout.digest(of: file), with: key, keepsOthers: false)
    }

    /// What is offered to a board whose app is signed by the first key, and what becomes of it.
    private func offer(
        _ scheme: SignatureScheme, _ make: ([UInt8]) throws -> [UInt8],
        _ expect: (esp_err_t, [String]) throws -> Void
    ) throws {
        let file = Fixture.image("2", size: 10_000 / 16 * 16).bytes
        try Bench.with { bench in
            board.signed_updates = true
            bench.furnish()
            bench.preset(
                Fixture.factory, try self.signed(Fixture.image().bytes, self.key(scheme)))
            #expect(bench.boot() == Fixture.factory)
            _ = bench.log
            let error = bench.install(try make(file), in: bench.slot(0))
            try expect(error, bench.lines)
            if error != ESP_OK { #expect(bench.otadata == OTAData()) }
        }
    }

    @Test(arguments: SignatureScheme.allCases)
    func anUpdateOfTheRunningAppsKeyIsTaken(scheme: SignatureScheme) throws {
        try self.offer(scheme, { try self.signed($0, self.key(scheme)) }) { error, lines in
            #expect(error == ESP_OK, "\(lines)")
            #expect(lines.have("I esp_image: Verifying image signature..."))
        }
    }

    @Test(.covers("sig-missing-or-bad"), arguments: SignatureScheme.allCases)
    func anotherKeyNoSignatureAndABrokenBlockAreRefused(scheme: SignatureScheme) throws {
        let makers: [([UInt8]) throws -> [UInt8]] = [
            { $0 }, { try self.signed($0, self.key(scheme, 1)) },
            {
                var file = try self.signed($0, self.key(scheme))
                file[file.count - 4096 + 1196] ^= 1
                return file
            },
        ]
        for maker in makers {
            try self.offer(scheme, maker) { error, lines in
                #expect(error == ESP_ERR_OTA_VALIDATE_FAILED)
                #expect(
                    lines.errors == ["E esp_image: Secure boot signature verification failed"])
                #expect(lines.last == "W esp_image: image valid, signature bad")
            }
        }
    }

    @Test(.covers("sig-missing-or-bad", "sig-rsa-fail"), arguments: SignatureScheme.allCases)
    func anImageThatWasChangedAfterSigningIsRefused(scheme: SignatureScheme) throws {
        let maker: ([UInt8]) throws -> [UInt8] = {
            var file = try self.signed($0, self.key(scheme))
            // Two that cancel each other out in the checksum.
            file[1000] ^= 1
            file[1004] ^= 1
            return file
        }
        try self.offer(scheme, maker) { error, lines in
            #expect(error == ESP_ERR_OTA_VALIDATE_FAILED)
            let errors = lines.errors
            #expect(errors.last == "E esp_image: Secure boot signature verification failed")
            #expect(lines.last == "W esp_image: image corrupted on flash")
            if scheme == .rsa3072 {
                let line = "E secure_boot_v2_rsa: Failed mbedtls_rsa_rsassa_pss_verify, err:"
                #expect(errors.count == 2 && errors.have(line), "\(errors)")
            }
        }
    }

    @Test(.covers("sig-no-trusted-keys"))
    func aRunningAppWithoutASignatureTrustsNothing() throws {
        try Bench.with { bench in
            board.signed_updates = true
            bench.furnish()
            bench.boot()
            _ = bench.log
            let file = try self.signed(Fixture.image("2").bytes, self.key(.ecdsa256))
            #expect(bench.install(file, in: bench.slot(0)) == ESP_ERR_OTA_VALIDATE_FAILED)
            #expect(
                bench.lines.errors == [
                    "E secure_boot_v2: Could not read secure boot digests!",
                    "E esp_image: Secure boot signature verification failed",
                ])
            #expect(bench.otadata == OTAData())
        }
    }

    @Test(.covers("img-len-exceeds-part")) func theSignatureSectorMustFitInTheSlotToo() throws {
        let size = (1 << 20) - 4080
        try Bench.with { bench in
            board.signed_updates = true
            bench.furnish()
            bench.boot()
            _ = bench.log
            let file = Fixture.image("2", size: size).bytes
            #expect(bench.install(file, in: bench.slot(0)) == ESP_ERR_OTA_VALIDATE_FAILED)
            #expect(
                bench.log.contains("Image length 1052672 doesn't fit in partition length 1048576"))
        }
    }
}
