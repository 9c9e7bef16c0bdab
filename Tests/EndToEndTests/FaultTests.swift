import FirmwareImage
import Foundation
import Testing

/// The stream faults, each at each place where it can stand, proved on the bytes that a client gets.
@Suite struct StreamFaultTests {
    private static let places = ["body", "http", "link"]
    private let demo = Data(AppImage.demo().bytes)

    /// Places at which two streams of one length differ.
    private func differences(of one: Data, from other: Data) -> [Int] {
        zip(one, other).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
    }

    /// Seconds that a pause may be longer in a machine that has other things to do too.
    private let slack = 0.3

    // MARK: truncate

    @Test(arguments: places, ["clean", "cut", "reset", "hang"])
    func truncateStopsAtItsByteAndEndsAsTold(place: String, ending: String) throws {
        let server = try Faultserve(["--fault", "truncate on=\(place) at=20000 ending=\(ending)"])
        let download = try Download(server, silence: ending == "hang" ? 0.7 : 10)
        #expect(download.stream(place).count == 20_000)
        #expect(self.demo.starts(with: download.body))
        let ends = ["clean": "FIN", "cut": "FIN", "reset": "RST", "hang": "silence"]
        #expect(download.end == ends[ending])
        // On the link, TLS's own goodbye is cut off too.
        #expect(download.saidGoodbye == (ending == "clean" && place != "link"))
        let journal = try server.journal()
        let strikes = journal.filter { $0.name == "fault" }
        #expect(strikes.count == 1)
        #expect(strikes.first?.number("rule") == 0)
        #expect(strikes.first?.text("on") == place)
        #expect(strikes.first?.text("action") == "ended")
        #expect(strikes.first?.text("ending") == ending)
        #expect(strikes.first?.number("offset") == 20_000)
        let closed = journal.first { $0.name == "closed" }
        #expect(closed?.text("by") == (ending == "hang" ? "client" : "server"))
    }

    // MARK: stall and delay

    @Test(arguments: places)
    func stallPausesBeforeItsByteAndGoesOn(place: String) throws {
        let server = try Faultserve(["--fault", "stall on=\(place) at=20000 for=600ms"])
        let download = try Download(server)
        #expect(download.paused(at: 20_000, of: place))
        let moment = try download.moment(ofByte: 20_000, of: place)
        #expect(moment >= 0.6 && moment < 0.6 + self.slack, "\(moment) s")
        #expect(download.body == self.demo)
        let strike = try server.strike("waited")
        #expect(strike.text("on") == place)
        #expect(strike.number("offset") == 20_000)
        #expect(strike.number("waited") == 600)
    }

    @Test(arguments: places)
    func stallWithoutATimeIsSilentForEver(place: String) throws {
        let server = try Faultserve(["--fault", "stall on=\(place) at=20000"])
        let download = try Download(server, silence: 1)
        #expect(download.end == "silence")
        #expect(download.stream(place).count == 20_000)
        let strike = try server.strike("ended")
        #expect(strike.text("on") == place)
        #expect(strike.text("ending") == "hang")
        #expect(strike.number("offset") == 20_000)
    }

    @Test(arguments: places, [0, 30_000])
    func delayWaitsOnceBeforeItsByte(place: String, byte: Int) throws {
        let at = byte > 0 ? "at=\(byte)" : ""
        let server = try Faultserve(["--fault", "delay on=\(place) by=500ms \(at)"])
        let download = try Download(server)
        let moment = try download.moment(ofByte: byte, of: place)
        #expect(moment >= 0.5 && moment < 0.5 + self.slack, "\(moment) s")
        if byte > 0 { #expect(download.paused(at: byte, of: place)) }
        #expect(download.body == self.demo)
        if place == "body" {
            let head = try #require(download.arrivals(.text).first)
            #expect(head.bytes == download.headCount || byte > 0, "the head waits too")
            #expect(head.seconds - download.asked < self.slack)
        }
        let waits = try server.journal().filter { $0.name == "fault" }
        #expect(waits.map { $0.text("on") } == [place])
        #expect(waits.map { $0.number("offset") } == [byte])
        #expect(waits.map { $0.number("waited") } == [500])
    }

    @Test func delaysJitterIsReplayedByTheSeed() throws {
        var waited: [Double] = []
        for seed in ["5", "5", "6"] {
            let rule = "delay on=body by=100ms jitter=400ms"
            let server = try Faultserve(["--fault", rule, "--seed", seed])
            let moment = try Download(server).moment(ofByte: 0, of: "body")
            let wait = try #require(server.strike("waited")["waited"] as? NSNumber).doubleValue
            #expect(moment >= wait / 1_000 && moment < wait / 1_000 + self.slack)
            waited.append(wait)
        }
        #expect(waited[0] == waited[1])
        #expect(waited[0] != waited[2])
        #expect(waited.allSatisfy { (100...500).contains($0) })
    }

    // MARK: slice

    @Test(arguments: places)
    func sliceSendsSegmentsWithPausesBetweenThem(place: String) throws {
        let server = try Faultserve(["--fault", "slice on=\(place) size=1000 pause=30ms"])
        let download = try Download(server, fields: ["Range: bytes=0-9999"])
        #expect(download.body == self.demo.prefix(10_000))
        let count = download.stream(place).count
        let seen = Set(download.stretch(place).map(\.bytes))
        let borders = Array(stride(from: 1_000, to: count, by: 1_000))
        // A client that was late for once saw two slices as one.
        #expect(borders.filter { !seen.contains($0) }.count <= 2, "of \(borders.count): \(seen)")
        if place == "body" { #expect(seen.allSatisfy { $0 % 1_000 == 0 }, "\(seen)") }
        let last = try #require(download.stretch(place).last)
        let duration = last.seconds - (place == "link" ? 0 : download.asked)
        #expect(duration >= Double(borders.count) * 0.03)
        let strikes = try server.journal().filter { $0.name == "fault" }
        #expect(strikes.allSatisfy { $0.text("on") == place && $0.number("rule") == 0 })
        func sum(_ action: String, _ member: String) -> Int {
            strikes.filter { $0.text("action") == action }.compactMap { $0.number(member) }.reduce(
                0, +)
        }
        #expect(sum("pushed", "times") == (count + 999) / 1_000)
        #expect(sum("waited", "times") == borders.count)
        #expect(sum("waited", "waited") == borders.count * 30)
        #expect(strikes.first { $0.text("action") == "pushed" }?.number("offset") == 1_000)
    }

    @Test(arguments: places)
    func sliceNeedsNoPauseForItsSegments(place: String) throws {
        let range = ["Range: bytes=0-19999"]
        let honest = try Download(try Faultserve(["--plain"]), fields: range)
        #expect(honest.segments < 5)
        let server = try Faultserve(["--plain", "--fault", "slice on=\(place) size=1000"])
        let download = try Download(server, fields: range)
        #expect(download.body == self.demo.prefix(20_000))
        // Segments that the kernel had to send twice, or kept back for once, are not the fault's.
        #expect((18...24).contains(download.segments), "\(download.segments) segments")
        #expect(try server.strike("pushed").text("on") == place)
    }

    // MARK: flip

    @Test func flipOnTheBodyTurnsOverJustItsBytes() throws {
        let server = try Faultserve(["--fault", "flip on=body at=5000,60% mask=0x80"])
        let body = try Download(server).body
        let places = [5_000, self.demo.count * 60 / 100]
        #expect(body.count == self.demo.count)
        #expect(self.differences(of: body, from: self.demo) == places)
        #expect(places.allSatisfy { body[body.startIndex + $0] == self.demo[$0] ^ 0x80 })
        let resumed = try Download(server, fields: ["Range: bytes=4990-5009"]).body
        #expect(self.differences(of: resumed, from: self.demo[4_990..<5_010]) == [10])
        let strikes = try server.journal().filter { $0.name == "fault" }
        #expect(strikes.map { $0.number("offset") } == places + [5_000])
        #expect(strikes.allSatisfy { $0.text("action") == "altered" && $0.number("bytes") == 1 })
        #expect(strikes.allSatisfy { $0.text("on") == "body" && $0.number("rule") == 0 })
    }

    /// "HTTP/1.1 200" with its last but two turned from 2 to 3.
    @Test func flipOnHTTPTurnsOverABitOfTheHead() throws {
        let server = try Faultserve(["--fault", "flip on=http at=9"])
        let done = try server.curl(
            ["-o", "/dev/null", "-w", "%{http_code}", server.url + "/firmware.bin"])
        #expect(done.output == "300")
        let strike = try server.strike("altered")
        #expect(strike.text("on") == "http")
        #expect(strike.number("offset") == 9)
        #expect(strike.number("bytes") == 1)
    }

    @Test func flipOnTheLinkIsABadRecord() throws {
        let server = try Faultserve(["--fault", "flip on=link at=20000"])
        let download = try Download(server)
        #expect(download.end == "failure")
        #expect(download.failure?.contains("BAD_RECORD_MAC") == true)
        #expect(self.demo.starts(with: download.body))
        let alert = try server.event("alert")
        #expect(alert?.text("alert") == "bad_record_mac")
        #expect(alert?.text("alertFrom") == "client")
        let strike = try server.strike("altered")
        #expect(strike.text("on") == "link")
        #expect(strike.number("offset") == 20_000)
        #expect(strike.number("bytes") == 1)
    }

    @Test func flipByChanceIsReplayedByTheSeed() throws {
        var found: [[Int]] = []
        for seed in ["7", "7", "8"] {
            let server = try Faultserve(["--fault", "flip on=body chance=1/2000", "--seed", seed])
            let body = try Download(server).body
            let places = self.differences(of: body, from: self.demo)
            let strikes = try server.journal().filter { $0.name == "fault" }
            // Neighbours are one strike.
            let struck = strikes.flatMap { strike in
                let offset = strike.number("offset") ?? 0
                return Array(offset..<offset + (strike.number("bytes") ?? 0))
            }
            #expect(struck == places)
            found.append(places)
        }
        #expect(found[0] == found[1])
        #expect(found[0] != found[2])
        // 602,224 / 2000, within six standard deviations.
        #expect((200...405).contains(found[0].count), "\(found[0].count)")
    }
}
