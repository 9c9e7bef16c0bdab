import FirmwareImage
import Foundation
import Testing

/// An image as a client gets it through a profile: by curl, whole and in two ranges, which must agree.
struct FaultyImage {
    let bytes: [UInt8]
    /// What the server offers without the profile.
    let honest: [UInt8]
    /// What the journal says that was edited, fault by fault.
    let edits: [String]

    /// - Parameters:
    ///   - profile: a shipped profile whose rules edit the image.
    ///   - image: what is offered; the demo image if nil.
    ///   - more: further arguments of the server.
    init(
        _ profile: String, of image: [UInt8]? = nil, more: [String] = [],
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try Folder()
        var arguments = ["--profile", profile] + more
        if let image {
            try folder.write(Data(image), to: "offered.bin")
            arguments += ["--image", folder.file("offered.bin")]
        }
        self.honest = image ?? AppImage.demo().bytes
        let server = try Faultserve(arguments)
        func get(_ arguments: [String]) throws -> Data {
            try server.folder.write(Data(), to: "got")
            let done = try server.curl(
                arguments + ["-f", "-o", server.folder.file("got"), server.url + "/firmware.bin"])
            try #require(done.status == 0, "\(done.errors)", sourceLocation: location)
            return try server.folder.bytes("got")
        }
        let whole = try get([])
        if whole.count >= 2 {
            let middle = whole.count / 2 - 7 > 0 ? whole.count / 2 - 7 : 1
            let parts = try get(["-r", "0-\(middle - 1)"]) + get(["-r", "\(middle)-"])
            #expect(parts == whole, "ranges give other bytes", sourceLocation: location)
        }
        self.bytes = [UInt8](whole)
        self.edits = try server.journal().filter {
            $0.name == "fault" && $0.text("on") == "image"
        }.compactMap { $0.text("fault") }
        #expect(!self.edits.isEmpty, "no fault struck", sourceLocation: location)
    }

    /// What FirmwareImage finds in it.
    var inspection: AppImageInspection {
        get throws { try AppImageInspection(of: self.bytes) }
    }

    /// Places that differ from the honest image of the same length.
    var changes: [Int] {
        zip(self.bytes, self.honest).enumerated().filter { $1.0 != $1.1 }.map(\.0)
    }

    /// What esptool, Espressif's own tool, says of it.
    func esptool(chip: String = "esp32") throws -> Finished {
        let folder = try Folder()
        try folder.write(Data(self.bytes), to: "faulty.bin")
        let tool = checkout + "/.build-tools/esptool/bin/esptool.py"
        return try run(
            tool, ["--chip", chip, "image_info", "--version", "2", folder.file("faulty.bin")])
    }

    /// Demands that esptool finds checksum and digest as they are said to be.
    /// - Returns: the lines that it prints.
    @discardableResult
    func expectEsptool(
        checksum: Bool, digest: Bool, chip: String = "esp32",
        _ location: SourceLocation = #_sourceLocation
    ) throws -> [Substring] {
        let said = try self.esptool(chip: chip)
        let lines = said.output.split(separator: "\n")
        func isValid(_ name: String) -> Bool? {
            lines.first { $0.hasPrefix(name) }.map { $0.contains("(valid)") }
        }
        #expect(isValid("Checksum:") == checksum, "\(said)", sourceLocation: location)
        #expect(isValid("Validation hash:") == digest, "\(said)", sourceLocation: location)
        return lines
    }
}
