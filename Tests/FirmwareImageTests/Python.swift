import Foundation
import Testing

extension Outside {
    /// Runs a Python script, with its standard library only.
    /// - Parameter files: what the script finds beside itself, by name.
    /// - Returns: the lines that it printed.
    static func python(
        _ script: String, files: [String: [UInt8]] = [:], interpreter: String = "python3",
        _ location: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        try withFolder { folder in
            for (name, bytes) in files {
                try Data(bytes).write(to: folder.appending(path: name))
            }
            let path = folder.appending(path: "script.py").path
            try Data("import os, sys\nos.chdir(os.path.dirname(sys.argv[0]))\n\(script)".utf8)
                .write(to: URL(filePath: path))
            let (status, output) = try run([interpreter, path])
            try #require(status == 0, "\(output)", sourceLocation: location)
            return output.split(separator: "\n").map(String.init)
        }
    }

    /// The interpreter that has `esp_idf_defs`, in which a third party packs `gen_esp32part.py`.
    static let partitionTool = package.appending(path: ".build-tools/esptool/bin/python").path

    static let hasPartitionTool: Bool =
        (try? run([partitionTool, "-c", "import esp_idf_defs"]).status) == 0
}

extension Trait where Self == ConditionTrait {
    /// For a test that asks Espressif's own code about partition tables.
    static var needsPartitionTool: Self {
        .enabled(
            if: Outside.hasPartitionTool || Outside.isBuildServer,
            "esp-idf-defs is missing; run scripts/install-python-tools esptool")
    }
}
