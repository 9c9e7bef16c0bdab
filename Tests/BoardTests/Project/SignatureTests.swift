import Foundation
import Testing

extension BoardTests {
    /// The functions of ESP-IDF: that the app calls no others, and that the board declares them as they are.
    @Suite(.timeLimit(.minutes(5))) struct SignatureTests {
        private let table: FunctionTable

        init() throws { self.table = try FunctionTable() }

        private static let include = "-I\(Tool.firmware.path)/board/include"

        /// What the headers of the board's include folder declare, by name.
        private static func declared() throws -> [String: String] {
            try Tool.withFolder { folder in
                let file = folder.appending(path: "all.c")
                try Self.includes(of: Self.headers()).write(
                    to: file, atomically: true, encoding: .utf8)
                let tree = try Tool.run([
                    "clang", "-std=gnu17", "-fsyntax-only", Self.include, "-Xclang", "-ast-dump",
                    "-fno-color-diagnostics", file.path,
                ])
                var declared: [String: String] = [:]
                var isOurs = false
                for line in tree.split(separator: "\n") where line.dropFirst().hasPrefix("-") {
                    // A place names its file only where that differs from the one before.
                    if let place = line.firstMatch(of: #/<(/[^:>]*):\d+/#) {
                        isOurs = place.1.hasPrefix(Tool.firmware.path + "/board/include/")
                    } else if line.contains("<<invalid sloc>>") {
                        isOurs = false
                    }
                    if let later = line.firstMatch(of: #/> (/[^:>]*):\d+/#) {
                        isOurs = later.1.hasPrefix(Tool.firmware.path + "/board/include/")
                    }
                    if isOurs, let it = line.firstMatch(of: #/FunctionDecl .* (\w+) '([^']*)'/#) {
                        declared[String(it.1)] = String(it.2)
                    }
                }
                return declared
            }
        }

        /// The headers that apps include.
        private static func headers() throws -> [String] {
            let root = Tool.firmware.appending(path: "board/include")
            let files = FileManager.default.enumerator(atPath: root.path)
            return (files?.allObjects as? [String] ?? []).filter {
                $0.hasSuffix(".h") && !$0.hasPrefix("board/")
            }.sorted()
        }

        private static func includes(of headers: [String]) -> String {
            (["freertos/FreeRTOS.h"] + headers).map { "#include <\($0)>\n" }.joined()
        }

        /// Not of ESP-IDF: what sdkconfig.h asks the board, and what is inside of macros.
        private static let own: Set = [
            "board_receive_timeout", "board_kconfig", "vPortEnterCritical", "vPortExitCritical",
        ]

        @Test func theBoardDeclaresNothingThatESPIDFHasNot() throws {
            let declared = try Self.declared()
            #expect(declared.count > 200)
            let unknown = declared.keys.filter {
                self.table.functions[$0] == nil && !Self.own.contains($0)
            }
            #expect(unknown.sorted() == [])
            for header in try Self.headers() where header != "sdkconfig.h" {
                #expect(self.table.owners[header] != nil, "\(header)")
            }
        }

        @Test func theBoardDeclaresEachFunctionWithItsType() throws {
            let declared = try Self.declared()
            let checked = self.table.functions.values.filter {
                declared[$0.name] != nil || ["newlib", "mbedtls"].contains($0.component)
            }
            #expect(checked.count > 250)
            try Tool.withFolder { folder in
                let headers = Set(checked.map(\.header)).union(try Self.headers()).sorted()
                let asserts = checked.sorted { $0.name < $1.name }.map {
                    """
                    _Static_assert(__builtin_types_compatible_p(
                        __typeof__(\($0.name)), \($0.type)), "\($0.name) is \($0.type)");\n
                    """
                }
                let file = folder.appending(path: "types.c")
                try (Self.includes(of: headers) + asserts.joined()).write(
                    to: file, atomically: true, encoding: .utf8)
                let words = [
                    "clang", "-std=gnu17", "-fsyntax-only", "-ferror-limit=0", Self.include,
                ]
                _ = try Tool.run(words + [file.path])
                // It would have seen another type.
                let bad = folder.appending(path: "bad.c")
                try
                    (Self.includes(of: headers)
                    + "_Static_assert(__builtin_types_compatible_p(__typeof__(esp_ota_abort), int (long)), \"\");")
                    .write(to: bad, atomically: true, encoding: .utf8)
                #expect(try Tool.attempt(words + [bad.path]).status != 0)
            }
        }

        @Test func theAppAndItsComponentsCallOnlyWhatESPIDFHas() throws {
            try Tool.withFolder { folder in
                var (wanted, had): (Set<String>, Set<String>) = ([], [])
                for (place, files) in try Tool.sources() {
                    for file in files {
                        let object = folder.appending(path: "\(file).o").path
                        _ = try Tool.run([
                            "clang", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-c",
                            Self.include, "-I\(Tool.firmware.path)/components/guarded_ota/include",
                            "\(Tool.firmware.path)/\(place)/\(file)", "-o", object,
                        ])
                        wanted.formUnion(try Self.symbols("--undefined-only", object))
                        had.formUnion(try Self.symbols("--defined-only", object))
                    }
                }
                #expect(had.contains("app_main") && had.contains("guarded_ota_update"))
                let called = wanted.subtracting(had).subtracting([
                    "_binary_ca_cert_pem_start",
                    "stdin", "stdout", "__ctype_b_loc",  // macros in newlib, isdigit and its like
                ]).subtracting(Self.own)
                #expect(called.count > 60)
                let unknown = called.filter { self.table.functions[$0] == nil }
                #expect(unknown.sorted() == [])
            }
        }

        /// The names as the source has them.
        private static func symbols(_ which: String, _ object: String) throws -> [String] {
            try Tool.run(["nm", "-P", which, object]).split(separator: "\n").compactMap {
                $0.split(separator: " ").first.map {
                    String($0.hasPrefix("__isoc99_") ? $0.dropFirst(9) : $0)
                }
            }
        }
    }
}
