import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// Kconfig files and what is answered to them, read by the library of ESP-IDF's tools (scripts/install-python-tools kconfig).
    @Suite(.timeLimit(.minutes(5))) struct KconfigTests {
        struct Symbol: Decodable {
            let type: String
            let value: String
            let isSet: Bool
            let file: String

            /// As sdkconfig.h has it; nil: it is not defined.
            var macro: String? {
                guard self.isSet else { return nil }
                return switch self.type {
                case "bool": "1"
                case "string": "\"\(self.value)\""
                default: self.value
                }
            }
        }

        private struct Read: Decodable {
            let symbols: [String: Symbol]
            let warnings: [String]
        }

        private static func read(_ files: [String]) throws -> Read {
            let python = Make.package.appending(path: ".build-tools/kconfig/bin/python").path
            try #require(
                FileManager.default.isExecutableFile(atPath: python),
                "esp-idf-kconfig is missing; run scripts/install-python-tools kconfig")
            let output = try Tool.run(
                [
                    python, "\(Tool.fixtures.path)/kconfig.py",
                    "\(Tool.fixtures.path)/esp-idf.kconfig",
                ] + files, environment: ["PROJECT": Tool.firmware.path])
            let json = output.split(separator: "\n").last ?? ""
            return try JSONDecoder().decode(Read.self, from: Data(json.utf8))
        }

        /// What an sdkconfig file says, in its order.
        private static func assignments(_ file: String) throws -> [(name: String, value: String)] {
            try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
                .filter { !$0.hasPrefix("#") }
                .map { line in
                    let equals = try #require(line.firstIndex(of: "="), "\(line)")
                    try #require(line.hasPrefix("CONFIG_"), "\(line)")
                    let value = line[line.index(after: equals)...]
                    return (
                        String(line[..<equals].dropFirst(7)),
                        String(value.replacing("\"", with: ""))
                    )
                }
        }

        private static let defaults = "\(Tool.firmware.path)/sdkconfig.defaults"

        @Test func theProjectsKconfigIsSoundAndAsksWhatTheAppLooksAt() throws {
            let read = try Self.read([])
            #expect(read.warnings == [])
            let asked = read.symbols.filter { $0.value.file.contains("/main/Kconfig") }.keys
            #expect(asked.count >= 12)
            var used: Set<String> = []
            for (folder, files) in try Tool.sources() {
                for file in files {
                    let text = try String(
                        contentsOfFile: "\(Tool.firmware.path)/\(folder)/\(file)", encoding: .utf8)
                    used.formUnion(text.matches(of: #/\bCONFIG_(\w+)/#).map { String($0.1) })
                }
            }
            #expect(used.filter { read.symbols[$0] == nil }.sorted() == [])
            // The default method is what is left when no other is chosen.
            #expect(asked.filter { !used.contains($0) } == ["APP_OTA_METHOD_ADVANCED"])
        }

        @Test(arguments: [
            "", "anti_rollback", "partial_download", "rollback_off", "signed_updates",
        ])
        func whatAnSdkconfigSaysHolds(_ variant: String) throws {
            let files =
                [Self.defaults]
                + (variant.isEmpty ? [] : ["\(Tool.firmware.path)/sdkconfig.ci.\(variant)"])
            let read = try Self.read(files)
            #expect(read.warnings == [])
            var said: [String: String] = [:]
            for (name, value) in try files.flatMap(Self.assignments) { said[name] = value }
            #expect(said.count > 3)
            for (name, value) in said {
                #expect(read.symbols[name]?.value == value, "\(name)")
            }
        }

        @Test func everyVariantIsTested() throws {
            let variants = try FileManager.default.contentsOfDirectory(atPath: Tool.firmware.path)
                .filter { $0.hasPrefix("sdkconfig.ci.") }
            #expect(
                variants.sorted() == [
                    "sdkconfig.ci.anti_rollback", "sdkconfig.ci.partial_download",
                    "sdkconfig.ci.rollback_off", "sdkconfig.ci.signed_updates",
                ])
        }

        @Test func aMistakeWouldBeSeen() throws {
            try Tool.withFolder { folder in
                let file = folder.appending(path: "sdkconfig").path
                try """
                CONFIG_APP_OTA_URI="x"
                CONFIG_APP_SELF_TEST_GPIO=y
                CONFIG_APP_OTA_RECEIVE_TIMEOUT_MS=1

                """.write(toFile: file, atomically: true, encoding: .utf8)
                let read = try Self.read([file])
                for said in ["undefined symbol APP_OTA_URI", "APP_SELF_TEST_GPIO", "TIMEOUT_MS"] {
                    #expect(read.warnings.contains { $0.contains(said) })
                }
            }
        }

        /// What the board's sdkconfig.h has otherwise, and why.
        private static let differences: [String: String?] = [
            "ESPTOOLPY_FLASHSIZE": "\"4MB\"",  // the examples' and this project's
            "PARTITION_TABLE_TWO_OTA": "1", "PARTITION_TABLE_SINGLE_APP": nil,
            "ESPTOOLPY_FLASHSIZE_2MB": nil,
            "BOOTLOADER_APP_ROLLBACK_ENABLE": "1",  // both are chosen when the board starts
            "BOOTLOADER_APP_ANTI_ROLLBACK": "1",
            "LOG_MAXIMUM_LEVEL": "5",  // so that --log-level has something to show
            "EXAMPLE_CONNECT_ETHERNET": "1", "EXAMPLE_CONNECT_WIFI": nil,
            "APP_OTA_RECEIVE_TIMEOUT_MS": "board_receive_timeout()",  // --timeout-ms
            // Downloads in ranges are chosen when the board starts, and so is their size.
            "APP_OTA_PARTIAL_REQUEST_SIZE":
                "board_kconfig(\"APP_OTA_PARTIAL_REQUEST_SIZE\", 16384)",
        ]

        /// What a definition comes to if nobody says otherwise on the board's command line; nil: not set.
        private static func fallback(_ value: String?, of name: String, _ type: String) -> String? {
            let asked = "board_kconfig(\"\(name)\", "
            guard var value else { return nil }
            if value.hasPrefix(asked) { value = String(value.dropFirst(asked.count).dropLast()) }
            return type == "bool" && value == "0" ? nil : value
        }

        @Test func theBoardsConfigurationIsESPIDFsDefault() throws {
            let header = try String(
                contentsOfFile: "\(Tool.firmware.path)/board/include/sdkconfig.h", encoding: .utf8)
            var defined: [String: String] = [:]
            for it in header.matches(of: #/\n#define CONFIG_(\w+) (.*)/#) {
                defined[String(it.1)] = String(it.2)
            }
            #expect(defined.count > 30)
            for (name, symbol) in try Self.read([]).symbols {
                if let other = Self.differences[name] {
                    #expect(defined[name] == other, "\(name)")
                } else if defined[name] != nil || symbol.file.contains("/main/Kconfig") {
                    let value = Self.fallback(defined[name], of: name, symbol.type)
                    #expect(value == symbol.macro, "\(name)")
                }
            }
        }
    }
}
