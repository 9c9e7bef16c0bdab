import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// Files that are not what they should be: the program says where, why and what helps, and ends.
    @Suite(.timeLimit(.minutes(2))) struct MalformedFileTests {
        /// A flash that has all but a sound table.
        struct Flash: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let table: [UInt8]
            let said: String

            init(_ name: String, _ said: String, _ table: [UInt8]) {
                self.testDescription = name
                self.said = said
                self.table = table
            }

            init(_ name: String, _ said: String, edit: (inout PartitionTable) -> Void) {
                var table = PartitionTable.twoOTA
                edit(&table)
                table.reseal()
                self.init(name, said, table.bytes)
            }
        }

        private static let rows = PartitionTable.twoOTA.partitions.flatMap(\.bytes)
        private static let erased = [UInt8](repeating: 0xFF, count: 0xC00)

        private static let unsound = [
            Flash("erased", "No MD5 checksum found in partition table", Self.erased),
            Flash(
                "garbage", "partition 0 invalid magic number 0x6167",
                Array(repeating: Array("garbage!".utf8), count: 384).flatMap { $0 }),
            Flash(
                "cut off", "No MD5 checksum found in partition table",
                Array(Self.rows.prefix(96)) + Self.erased.dropFirst(96)),
            Flash(
                "cut off in a row", "partition 2 invalid magic number 0x50ff",
                Array(Self.rows.prefix(64)) + [0xFF, 0x50] + Self.erased.dropFirst(66)),
            Flash(
                "wrong MD5", "Incorrect MD5 checksum",
                {
                    var bytes = PartitionTable.twoOTA.bytes
                    bytes[12] ^= 1
                    return bytes
                }()),
            Flash(
                "beyond the end",
                "partition 5 invalid - offset 0x210000 size 0x300000 exceeds flash chip size 0x400000"
            ) { $0.partitions[5].size = 0x300000 },
        ]

        @Test(.covers("boot-ptable-bad"), arguments: unsound)
        func aTableThatAChipDoesNotTakeEndsInOneBoot(flash: Flash) throws {
            let board = try VirtualBoard("probe")
            let file = FlashFile(table: flash.table)
            try board.solder(file)
            let it = try board.run(typed: ["count"])
            #expect(it.status == 4)
            let console = it.console.logLines
            #expect(console.filter { $0.hasPrefix("rst:") }.count == 1)
            #expect(
                console.errors == [
                    "E flash_parts: \(flash.said)", "E boot: Failed to verify partition table",
                    "E boot: load partition table error!",
                ])
            try self.expect(
                it.errors, of: board, "flash",
                because: "the partition table in FILE at 0x8000 is not sound (\(flash.said))",
                "write one there that is")
            #expect(try board.report() == ["boot power-on", "no-app"])
            let left = try Data(contentsOf: URL(filePath: board.file("flash")))
            #expect(Array(left) == file.bytes)
        }

        private static let misplaced = [
            Flash("overlap", "partitions \"factory\" and \"ota_0\" overlap") {
                $0.partitions[4].offset = 0x100000
            },
            Flash("one inside the other", "partitions \"nvs\" and \"otadata\" overlap") {
                $0.partitions[0].size = 0x6000
            },
            Flash(
                "an app beside the pages",
                "partition \"ota_1\" begins at 0x218000, which is no multiple of 0x10000"
            ) { $0.partitions[5].offset = 0x218000 },
            Flash(
                "data beside the sectors",
                "partition \"phy_init\" begins at 0xf800, which is no multiple of 0x1000"
            ) {
                $0.partitions[2].offset = 0xF800
                $0.partitions[2].size = 0x800
            },
            Flash(
                "over the table", "partition \"nvs\" lies where the bootloader and the table are"
            ) { $0.partitions[0].offset = 0x8000 },
        ]

        /// A chip would take it, and come to grief later.
        @Test(arguments: misplaced) func aTableThatNoBuildMakesIsRefused(flash: Flash) throws {
            let board = try VirtualBoard("probe")
            try board.solder(FlashFile(table: flash.table))
            let it = try board.run(typed: ["count"])
            #expect(it.status == 1 && it.console.isEmpty)
            try self.expect(
                it.errors, of: board, "flash",
                because: "the partition table in FILE at 0x8000 is refused: \(flash.said)",
                "write one there that gen_esp32part.py takes")
        }

        @Test func aFlashTooSmallForATableHasNone() throws {
            let board = try VirtualBoard("probe")
            _ = try board.write([UInt8](repeating: 0xFF, count: 8192), to: "flash")
            let it = try board.run()
            #expect(it.status == 4)
            try self.expect(
                it.errors, of: board, "flash",
                because: "at 0x8000 is not sound (the flash ends before it does)",
                "with another name for --flash a new one is made")
        }

        /// What the first boot notes makes the second another one; the third would go as it did.
        @Test(.covers("boot-none-bootable"), arguments: [false, true])
        func withNoAppThatBootsTheProgramEnds(isPending: Bool) throws {
            let board = try VirtualBoard("probe")
            var otadata = OTAData()
            if isPending { otadata[0] = OTASelectEntry(sequence: 1, state: .new) }
            try board.solder(FlashFile(otadata: otadata, apps: [0xE9]))
            let it = try board.run()
            #expect(it.status == 4)
            let boots = isPending ? 3 : 1
            let lines = it.console.logLines
            #expect(
                lines.filter {
                    $0 == "E boot: No bootable app partitions in the partition table"
                }.count == boots)
            #expect(lines.filter { $0.hasPrefix("rst:") }.count == boots)
            try self.expect(
                it.errors, of: board, "flash",
                because: "the bootloader takes none of the apps in FILE, as its log says",
                "write an image into a slot that it takes")
            #expect(try board.report().last == "no-app")
            if isPending { otadata[0] = OTASelectEntry(sequence: 1, state: .aborted) }
            #expect(try board.otadata() == otadata)
        }

        @Test(arguments: [0, 3, 4097]) func aFileOfAnotherSizeIsNoFlash(size: Int) throws {
            let board = try VirtualBoard("probe")
            _ = try board.write([UInt8](repeating: 0xFF, count: size), to: "flash")
            let it = try board.run()
            #expect(it.status == 1 && it.console.isEmpty)
            try self.expect(
                it.errors, of: board, "flash",
                because: "FILE is no flash chip: it must be a file of 4096 bytes or a multiple",
                "with another name for --flash a new one is made")
        }

        @Test(arguments: [
            ("", "is no flash chip: it must be a file"), ("none/flash", "No such file"),
            ("in/flash", "Not a directory"),
        ])
        func aFlashThatIsNoFileIsRefused(name: String, said: String) throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(["--flash", board.folder.path + "/" + name])
            #expect(it.status == 1 && it.console.isEmpty)
            #expect(it.errors.contains(said) && it.errors.contains("--flash"), "\(it.errors)")
        }

        @Test(arguments: [0, 3, 5]) func aFileOfAnotherSizeHoldsNoFuses(size: Int) throws {
            let board = try VirtualBoard("probe")
            let file = try board.write([UInt8](repeating: 1, count: size), to: "fuses")
            let it = try board.run(["--efuse", file])
            #expect(it.status == 1 && it.console.isEmpty)
            try self.expect(
                it.errors, of: board, "fuses",
                because: "FILE is no eFuse file: it must have 4 bytes",
                "with another name for --efuse a new one is made")
            let folder = try board.run(["--efuse", board.folder.path])
            #expect(folder.status == 1 && folder.errors.contains("cannot be read: Is a directory"))
        }

        @Test func aFileWithoutAWholeCertificateIsNoAuthority() throws {
            let authority = try Certificates.shared.get().ca
            let pem = Array(authority.pem.utf8)
            let key = try Array(Data(contentsOf: URL(filePath: authority.key)))
            var damaged = pem
            damaged[pem.count / 2] = UInt8(ascii: "!")
            let none = "FILE holds no certificate in PEM form"
            let broken = "the certificate in FILE is broken or cut off (Mbed TLS -0x"
            for (contents, cause, help) in [
                ([], none, "as faultserve cert writes it to ca_cert.pem"),
                (Array("no PEM".utf8), none, "ca_cert.pem"), ([0x30, 0x82], none, "ca_cert.pem"),
                (key, none + ", but a private key", "give the certificate of the authority"),
                (Array(pem.prefix(pem.count / 2)), broken, "copy the file anew"),
                (damaged, broken, "copy the file anew"),
            ] {
                let board = try VirtualBoard("probe")
                let file = try board.write(contents, to: "ca")
                for option in ["--ca", "--ca-bundle"] {
                    let it = try board.run([option, file])
                    #expect(it.status == 1 && it.console.isEmpty)
                    try self.expect(it.errors, of: board, "ca", because: cause, help)
                }
            }
            let it = try VirtualBoard("probe").run(["--ca", "/none"])
            #expect(
                it.errors.contains(
                    "/none cannot be read: No such file or directory; name a file that is there"))
        }

        /// A flash is made of a sound image or not at all.
        @Test func whatIsNoAppIsNoFactoryImage() throws {
            let sound = Fixture.image()
            var withoutDescriptor = sound
            withoutDescriptor.segments[0].data[0] ^= 1
            withoutDescriptor.seal()
            let magic = "image at 0x10000 has invalid magic byte (nothing flashed here?)"
            for (contents, words, cause) in [
                ([], [], magic), (Array("not an app".utf8), [], magic),
                (Array(sound.bytes.dropLast()), [], "Image hash failed - image is corrupt"),
                (sound.bytes, ["--chip", "esp32c3"], "mismatch chip ID, expected 5, found 0"),
                (
                    withoutDescriptor.bytes, ["--anti-rollback", "0"],
                    "it has no app descriptor, as anti-rollback needs"
                ),
                (
                    Fixture.image(size: 70_000).bytes, ["--slot-size", "64K"],
                    "its 70000 bytes do not fit in a slot of 65536, and --slot-size makes larger ones"
                ),
            ] as [([UInt8], [String], String)] {
                let board = try VirtualBoard("probe")
                let file = try board.write(contents, to: "factory")
                let it = try board.run(["--factory", file] + words)
                #expect(it.status == 1 && it.console.isEmpty)
                try self.expect(
                    it.errors, of: board, "factory",
                    because: "the factory image FILE is refused: \(cause)",
                    "--factory is to name an app image for this chip")
                #expect(!FileManager.default.fileExists(atPath: board.file("flash")))
            }
            let board = try VirtualBoard("probe")
            let it = try board.run(["--factory", board.folder.path + "/none"])
            #expect(it.status == 1 && it.errors.contains("none cannot be read: No such file"))
            #expect(!FileManager.default.fileExists(atPath: board.file("flash")))
        }

        /// The board's own image is as secure as the chip demands.
        @Test func aNewBoardWithAntiRollbackBoots() throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(["--anti-rollback", "3"], typed: ["count"])
            #expect(it.status == 0 && it.console.contains("boots 1\n"), "\(it.errors)")
        }

        /// That one line says where it is, why, and what helps.
        private func expect(
            _ errors: String, of board: VirtualBoard, _ file: String, because cause: String,
            _ help: String, _ location: SourceLocation = #_sourceLocation
        ) throws {
            let lines = errors.split(separator: "\n")
            #expect(lines.count == 1, "\(errors)", sourceLocation: location)
            let line = try #require(lines.first, sourceLocation: location)
            let why = cause.replacing("FILE", with: board.file(file))
            #expect(
                line.hasPrefix("virtual-board: ") && line.contains(why) && line.contains(help)
                    && line.contains(board.file(file)), "\(line)", sourceLocation: location)
        }
    }
}
