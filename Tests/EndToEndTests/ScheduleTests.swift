import FirmwareImage
import Foundation
import Testing

/// When rules strike, as curl sees it.
@Suite struct ScheduleTests {
    /// Status codes of downloads by one curl, on one connection.
    private func codes(
        _ server: Faultserve, _ options: [String] = [], paths: [String]
    ) throws -> [String] {
        let jobs = paths.flatMap { ["-o", "/dev/null", server.url + $0] }
        let done = try server.curl(options + ["-w", "%{http_code} "] + jobs)
        return done.output.split(separator: " ").map(String.init)
    }

    private let three = Array(repeating: "/firmware.bin", count: 3)

    /// The requests that rule 0 struck, as connection and request.
    private func struck(_ server: Faultserve) throws -> [[Int?]] {
        try server.journal().filter { $0.name == "fault" }.map {
            #expect($0.number("rule") == 0)
            return [$0.number("connection"), $0.number("request")]
        }
    }

    @Test func requestsAreCountedOverAllConnections() throws {
        let server = try Faultserve(["--fault", "status code=503 when.request=2"])
        #expect(try self.codes(server, paths: self.three) == ["200", "503", "200"])
        #expect(try self.struck(server) == [[1, 2]])
        let apart = try Faultserve(["--fault", "status code=503 when.request=2"])
        let codes = try (1...3).flatMap { _ in try self.codes(apart, paths: ["/firmware.bin"]) }
        #expect(codes == ["200", "503", "200"])
        #expect(try self.struck(apart) == [[2, 1]])
    }

    @Test(arguments: [
        "truncate on=body at=10", "truncate on=http at=10", "truncate on=link at=10", "expired",
    ])
    func connectionsAreCountedForEachKindOfFault(fault: String) throws {
        let server = try Faultserve(["--fault", "\(fault) when.connection=2"])
        let fine = try (1...3).map { _ in
            try server.curl(["-o", "/dev/null", server.url + "/firmware.bin"]).status == 0
        }
        #expect(fine == [true, false, true])
        #expect(try self.struck(server).map { $0[0] } == [2])
    }

    @Test func rangeStrikesOnlyWhoAsksForOne() throws {
        let server = try Faultserve(["--fault", "status code=503 when.range=yes"])
        #expect(try self.codes(server, paths: ["/firmware.bin"]) == ["200"])
        #expect(try self.codes(server, ["-r", "0-9"], paths: ["/firmware.bin"]) == ["503"])
        #expect(try self.struck(server) == [[2, 1]])
    }

    @Test func pathStrikesOnlyItsFiles() throws {
        let root = try Folder()
        for name in ["a.bin", "b.bin", "b.txt"] { try root.write(Data(name.utf8), to: name) }
        let server = try Faultserve(
            ["--root", root.path, "--fault", "status code=503 when.path=/*.bin when.request=2.."])
        let paths = ["/a.bin", "/b.txt", "/b.bin", "/a.bin", "/b.txt"]
        #expect(try self.codes(server, paths: paths) == ["200", "200", "503", "503", "200"])
        #expect(try self.struck(server) == [[1, 3], [1, 4]])
    }

    @Test(arguments: ["127.0.0.2", "127.0.0.2/31"])
    func clientStrikesOnlyThatOne(client: String) throws {
        let server = try Faultserve(["--fault", "status code=503 when.client=\(client)"])
        let codes = try ["127.0.0.1", "127.0.0.2"].flatMap {
            try self.codes(server, ["--interface", $0], paths: ["/firmware.bin"])
        }
        #expect(codes == ["200", "503"])
        #expect(try self.struck(server) == [[2, 1]])
    }

    @Test func chanceIsReplayedByTheSeed() throws {
        var outcomes: [[String]] = []
        for seed in ["11", "11", "12"] {
            let server = try Faultserve(
                ["--fault", "status code=503 when.chance=1/2", "--seed", seed])
            let paths = Array(repeating: "/firmware.bin", count: 20)
            let codes = try self.codes(server, ["-r", "0-9"], paths: paths)
            #expect(Set(codes) == ["206", "503"])
            let struck = try self.struck(server)
            #expect(struck == codes.indices.filter { codes[$0] == "503" }.map { [1, $0 + 1] })
            outcomes.append(codes)
        }
        #expect(outcomes[0] == outcomes[1])
        #expect(outcomes[0] != outcomes[2])
    }

    @Test func rulesOfOneServerKeepTheirOwnCounts() throws {
        let server = try Faultserve([
            "--fault", "status code=500 when.request=1", "--fault",
            "status code=503 when.request=3",
        ])
        #expect(try self.codes(server, paths: self.three) == ["500", "200", "503"])
        let stop = try #require(server.journal().last { $0.name == "stop" })
        let tally = try #require(stop["rules"] as? [[String: Any]])
        #expect(tally.compactMap { ($0["matched"] as? NSNumber)?.intValue } == [1, 1])
        #expect(tally.compactMap { ($0["struck"] as? NSNumber)?.intValue } == [1, 1])
    }
}
