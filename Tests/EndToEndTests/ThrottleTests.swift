import FirmwareImage
import Foundation
import Testing

/// Throttle keeps its rate: never faster by more than 0.5 %, and slower by at most 1 %.
///
/// Other work of the machine can only make a transfer slower, so the fastest of a few counts against
/// the lower bound, and each of them against the upper.
@Suite(.serialized) struct ThrottleTests {
    private func expectRate(_ limit: Int, _ measure: () throws -> Double) throws {
        var best = 0.0
        for _ in 0..<3 where best < 0.99 * Double(limit) {
            let rate = try measure()
            #expect(rate <= 1.005 * Double(limit), "\(rate) B/s is too fast")
            best = max(best, rate)
        }
        #expect(best >= 0.99 * Double(limit), "\(best) B/s is too slow for \(limit) B/s")
    }

    /// A build that is not optimised has no time for more than some 60 MiB a second.
    #if DEBUG
        private static let fast = ("16MiB/s", 16 << 20, 32 << 20)
    #else
        private static let fast = ("100MiB/s", 100 << 20, 200 << 20)
    #endif

    @Test(arguments: [("1KiB/s", 1 << 10, 2 << 10), ("1MiB/s", 1 << 20, 2 << 20), fast])
    func keepsItsRateOnTheBody(rate: String, limit: Int, count: Int) throws {
        let folder = try Folder()
        try run("truncate", ["-s", "200M", folder.file("big.bin")])
        let server = try Faultserve(
            ["--root", folder.path, "--fault", "throttle on=body rate=\(rate)"])
        try self.expectRate(limit) {
            let done = try server.curl([
                "-r", "0-\(count - 1)", "-o", "/dev/null", server.url + "/big.bin",
                "-w", "%{size_download} %{time_total} %{time_pretransfer}",
            ])
            let said = done.output.split(separator: " ").compactMap { Double($0) }
            try #require(said.count == 3 && said[0] == Double(count), "\(done.errors)")
            // From the request on: a client that notes the first byte late would see a faster stream.
            return said[0] / (said[1] - said[2])
        }
        let strikes = try server.journal().filter {
            $0.name == "fault" && $0.number("connection") == 1
        }
        #expect(strikes.allSatisfy { $0.text("on") == "body" && $0.text("action") == "waited" })
        #expect(strikes.first?.number("offset") == 0)
        let waited = strikes.compactMap { ($0["waited"] as? NSNumber)?.doubleValue }.reduce(0, +)
        #expect(abs(waited / 1_000 - Double(count) / Double(limit)) < 0.01)
    }

    @Test(arguments: ["http", "link"])
    func keepsItsRateOnTheConnection(place: String) throws {
        let limit = 256 << 10
        let server = try Faultserve(["--fault", "throttle on=\(place) rate=256KiB/s"])
        try self.expectRate(limit) {
            let download = try Download(server)
            let count = download.stream(place).count
            return Double(count) / (try download.moment(ofByte: count - 1, of: place))
        }
        let strike = try server.strike("waited")
        #expect(strike.text("on") == place)
        #expect(strike.number("offset") == 0)
    }

    @Test func isSlowOnlyFromItsPlaceOn() throws {
        let server = try Faultserve(["--fault", "throttle on=body rate=64KiB/s from=536688"])
        let download = try Download(server)
        #expect(download.body == Data(AppImage.demo().bytes))
        let fast = try download.moment(ofByte: 536_687, of: "body")
        let slow = try download.moment(ofByte: download.body.count - 1, of: "body")
        #expect(fast < 0.5)
        // 602,224 - 536,688 bytes are 64 KiB.
        #expect(slow >= 0.995 && slow < 1.5, "\(slow) s")
        #expect(try server.strike("waited").number("offset") == 536_688)
    }
}
