import Foundation
import Testing

extension BoardTests {
    /// The project's CMake files, run by CMake with a stand-in for ESP-IDF's build.
    @Suite(.timeLimit(.minutes(5))) struct CMakeTests {
        /// What a component asks for: words by component and argument.
        private static func notes() throws -> [String: [String: [String]]] {
            try Tool.withFolder { folder in
                let idf = folder.appending(path: "idf/tools/cmake")
                try FileManager.default.createDirectory(
                    at: idf, withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    at: Tool.fixtures.appending(path: "project.cmake"),
                    to: idf.appending(path: "project.cmake"))
                let build = folder.appending(path: "build").path
                let output = try Tool.run(
                    ["cmake", "-Wno-dev", "-S", Tool.firmware.path, "-B", build],
                    environment: ["IDF_PATH": folder.appending(path: "idf").path])
                #expect(output.contains("Configuring done"))
                var notes: [String: [String: [String]]] = [:]
                let file = "\(build)/components.txt"
                for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
                {
                    let words = line.split(separator: "\t").map(String.init)
                    notes[words[0], default: [:]][words[1], default: []].append(words[2])
                }
                return notes
            }
        }

        @Test func theProjectIsNamedAndBringsTheExamplesConnection() throws {
            let project = try Self.notes()["project"] ?? [:]
            #expect(project["NAME"] == ["faultserve_ota"])
            let extra = project["EXTRA_COMPONENT_DIRS"] ?? []
            #expect(extra.count == 1)
            #expect(
                extra.first?.hasSuffix("/idf/examples/common_components/protocol_examples_common")
                    == true)
        }

        @Test func everySourceIsBuilt() throws {
            let notes = try Self.notes()
            for (folder, files) in try Tool.sources() {
                let name = String(folder.split(separator: "/").last ?? "")
                #expect(notes[name]?["SRCS"]?.sorted() == files)
                for place in notes[name]?["INCLUDE_DIRS"] ?? [] {
                    let path = "\(Tool.firmware.path)/\(folder)/\(place)"
                    #expect(FileManager.default.fileExists(atPath: path), "\(path)")
                }
            }
        }

        /// The certificate, which `faultserve cert` makes and git does not keep.
        @Test func whatIsEmbeddedIsMadeByFaultserve() throws {
            let main = try Self.notes()["main"] ?? [:]
            #expect(main["EMBED_FILES"] == nil)
            #expect(main["EMBED_TXTFILES"] == ["../server_certs/ca_cert.pem"])
            let readme = try String(
                contentsOfFile: "\(Tool.firmware.path)/README.md", encoding: .utf8)
            #expect(readme.contains("faultserve cert --out firmware/server_certs"))
            let ignored = try String(
                contentsOfFile: "\(Tool.firmware.path)/server_certs/.gitignore", encoding: .utf8)
            #expect(ignored.contains("*.pem"))
        }

        /// What ESP-IDF links with every component (Programming Guide, "Build System", Common Component
        /// Requirements).
        private static let common: Set = [
            "cxx", "newlib", "freertos", "esp_hw_support", "heap", "log", "soc", "hal", "esp_rom",
            "esp_common", "esp_system",
        ]

        @Test func aComponentRequiresThoseWhoseHeadersItIncludesAndNoOthers() throws {
            let (notes, table) = (try Self.notes(), try FunctionTable())
            for (folder, files) in try Tool.sources() {
                let name = String(folder.split(separator: "/").last ?? "")
                let required = Set(notes[name]?["REQUIRES"] ?? [])
                let all = required.union(notes[name]?["PRIV_REQUIRES"] ?? [])
                let includes = try Self.includes(
                    folder, files + Tool.sources(".h")[folder, default: []])
                // Who includes a public header includes what that includes.
                let open = FileManager.default.fileExists(
                    atPath: "\(Tool.firmware.path)/\(folder)/include")
                let published = try open ? Self.includes("\(folder)/include", ["\(name).h"]) : []
                let owners = Set(published.compactMap { table.owners[$0] })
                #expect(owners.subtracting(Self.common).subtracting(required) == [])
                var used = owners.union(
                    includes.compactMap { table.owners[$0] }
                ).subtracting(Self.common)
                if includes.contains("guarded_ota.h"), name != "guarded_ota" {
                    used.insert("guarded_ota")
                }
                #expect(used.subtracting(all) == [], "\(name) does not require")
                #expect(all.subtracting(used) == [], "\(name) requires for nothing")
            }
        }

        private static func includes(_ folder: String, _ files: [String]) throws -> Set<String> {
            var names: Set<String> = []
            for file in files {
                let text = try String(
                    contentsOfFile: "\(Tool.firmware.path)/\(folder)/\(file)", encoding: .utf8)
                names.formUnion(
                    text.matches(of: #/\n#include ["<]([^">]+)[">]/#).map { String($0.1) })
            }
            return names
        }
    }
}
