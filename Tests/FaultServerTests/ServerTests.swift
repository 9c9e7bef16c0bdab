import FaultKit
import Testing

@testable import FaultServer

@Suite struct ServerTests {
    @Test func oneThatIsMadeAndNeverUsedLeavesNothing() throws {
        let content = try Content.images(Image(name: "firmware.bin", bytes: [0xE9]))
        for _ in 0..<3 {
            _ = try Server(Configuration(plan: Plan(profiles: []), content: content, identity: nil))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func listensServesNobodyAndStops() async throws {
        let content = try Content.images(Image(name: "firmware.bin", bytes: [0xE9]))
        var configuration = Configuration(
            plan: Plan(profiles: []), content: content, identity: nil)
        configuration.port = 0
        configuration.bind = "127.0.0.1"
        let server = try Server(configuration)
        let address = try await server.start()
        #expect(address.port > 0)
        server.stop(reason: "test")
        try await server.wait()
    }
}

extension Content {
    fileprivate static func images(_ image: Image) throws -> Content {
        var content = Content()
        try content.offer(image, modified: 0)
        return content
    }
}
