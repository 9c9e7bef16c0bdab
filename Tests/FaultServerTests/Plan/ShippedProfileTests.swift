import FaultServer
import Faults
import Foundation
import Testing

struct ShippedProfileTests {
    static let folder = Golden.folder
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("profiles")
    static let field = Self.folder.appendingPathComponent("field")
    static let names =
        Golden.names(in: Self.folder, extension: "yaml")
        + Golden.names(in: Self.field, extension: "yaml")

    static func file(_ name: String) -> URL {
        let file = Self.folder.appendingPathComponent(name + ".yaml")
        return FileManager.default.fileExists(atPath: file.path)
            ? file : Self.field.appendingPathComponent(name + ".yaml")
    }

    static func profile(_ name: String) throws -> Profile {
        let text = try String(contentsOf: Self.file(name), encoding: .utf8)
        return try Profile.read(
            text, file: "profiles/\(name).yaml", catalogue: Catalogue(Faults.all))
    }

    @Test func areTheOnesThatAreDocumented() {
        #expect(
            Set(Self.names).isSuperset(of: [
                "none", "truncate", "truncate-header", "slow-link", "stalled", "reset", "bad-cn",
                "expired-cert", "corrupt-image", "server-error", "flaky", "delay", "flip", "slice",
                "wrong-length",
            ]))
    }

    @Test(arguments: names)
    func compilesToTheKnownPlan(_ name: String) throws {
        try Golden.check(try Self.profile(name).explanation, "plans/\(name).txt")
    }

    @Test(arguments: names)
    func saysWhatACorrectDeviceDoes(_ name: String) throws {
        let profile = try Self.profile(name)
        let expectation = try #require(profile.expectation)
        for step in profile.steps { #expect(step.expectation?.within != nil) }
        #expect(expectation.running != nil || expectation.device.first == .unbootable)
        // Where something goes wrong, it has a name; the map of OTA's ways does not go into all that TLS refuses,
        // and nothing of HTTP/2.
        if expectation.device.first != .updated, expectation.stage != .tls,
            !profile.device.speaksHTTP2
        {
            #expect(!profile.covers.isEmpty)
        }
    }
}
