import FirmwareImage
import Foundation
import Testing

/// Going on where a connection broke or the power was cut: from the right byte, of the same file, or from the
/// start; and never with a slot that holds a mix which could boot.
@Suite struct GuardedResumeTests {
    struct Row: CustomTestStringConvertible {
        let id: String
        let path: String
        let end: GuardedEnd
        /// The Range of each request in turn, "" where there is none; nil: that does not matter.
        let ranges: [String]?

        init(_ id: String, _ path: String, _ end: GuardedEnd, ranges: [String]? = nil) {
            self.id = id
            self.path = path
            self.end = end
            self.ranges = ranges
        }

        var testDescription: String { "\(self.id) (\(self.path))" }
    }

    /// The first answer breaks after 34,916 bytes, of which eight sectors are kept.
    private static let rest = "bytes=32768-"

    static let breaks: [Row] = [
        Row("resume-start", "resume", .updated, ranges: ["", rest]),
        Row("resume-start", "resume-date", .updated, ranges: ["", rest]),
        Row("resume-start", "rest-breaks", .updated),
        // Nothing would tell that the rest is another file's.
        Row("resume-start", "resume-weak", .updated, ranges: ["", ""]),
        Row("resume-start", "resume-plain", .updated, ranges: ["", ""]),
        Row("resume-server-ignores-range", "rest-whole", .updated, ranges: ["", rest]),
        Row("resume-416", "rest-416", .updated, ranges: ["", rest, ""]),
        Row("resume-swapped-image", "swapped", .updated("3.0.0"), ranges: ["", rest]),
        Row("resume-swapped-image", "swapped-206", .updated("3.0.0"), ranges: ["", rest, ""]),
        Row(
            "resume-swapped-image", "swapped-silently",
            .rejected("verify", "ESP_ERR_OTA_VALIDATE_FAILED"), ranges: ["", rest]),
        Row("range-416-mid", "rest-404", .rejected("http", "ESP_ERR_INVALID_RESPONSE")),
        Row("range-ignored-later", "rest-earlier", .updated, ranges: ["", rest, ""]),
        Row("range-wrong-bytes", "rest-shifted", .updated, ranges: ["", rest, ""]),
        Row(
            "range-wrong-bytes", "rest-shifted-silently",
            .rejected("header", "ESP_ERR_OTA_VALIDATE_FAILED"), ranges: ["", rest]),
        Row("range-empty-206", "rest-empty", .updated, ranges: ["", rest, ""]),
        Row("range-reconnect-fail", "rest-silent", .updated, ranges: ["", rest, rest]),
        Row("partial-length-unknown", "rest-no-range", .updated, ranges: ["", rest, ""]),
        Row("partial-length-unknown", "rest-star", .updated, ranges: ["", rest, ""]),
        Row("range-wrong-bytes", "rest-longer", .updated, ranges: ["", rest, ""]),
        Row("range-wrong-bytes", "rest-small", .updated, ranges: ["", rest, ""]),
    ]

    static let manifests: [Row] = [
        Row("manifest-right", "manifest", .updated),
        Row("manifest-right", "manifest-full", .updated),
        Row("manifest-right", "manifest-once", .updated),
        Row(
            "manifest-of-another-file", "manifest-other",
            .rejected("verify", "ESP_ERR_OTA_VALIDATE_FAILED")),
        Row("manifest-of-another-size", "manifest-size", .rejected("http", "ESP_ERR_INVALID_SIZE")),
        Row("manifest-of-another-version", "manifest-version", .refused),
        Row("manifest-malformed", "manifest-no-digits", noManifest),
        Row("manifest-malformed", "manifest-short", noManifest),
        Row("manifest-malformed", "manifest-twice", noManifest),
        Row("manifest-malformed", "manifest-empty", noManifest),
        Row("manifest-huge", "manifest-huge", .rejected("manifest", "ESP_ERR_INVALID_SIZE")),
        Row("manifest-huge", "manifest-page", .rejected("manifest", "ESP_ERR_INVALID_SIZE")),
        Row("manifest-missing", "status-404", noManifest),
        Row("manifest-missing", "status-500", noManifest),
        Row("manifest-missing", "redirect-http", noManifest),
        Row("manifest-stalls", "manifest-stall", .rejected("manifest", "ESP_ERR_TIMEOUT")),
        Row("manifest-stalls", "manifest-trickle", .rejected("manifest", "ESP_ERR_TIMEOUT")),
    ]

    private static let noManifest = GuardedEnd.rejected("manifest", "ESP_ERR_INVALID_RESPONSE")

    private let server: UpdateServer

    init() throws { self.server = try UpdateServer.shared.get() }

    @Test(.timeLimit(.minutes(5)), arguments: breaks)
    func aBrokenDownloadGoesOnOrBeginsAnew(row: Row) throws {
        let path = "\(row.path)?\(row.id)"
        let update = try GuardedUpdate(VirtualBoard(), self.server.url + path, ca: self.server.ca)
        update.expect(row.end)
        let requests = try self.server.requests.filter { $0.path == "/" + path }
        if let wanted = row.ranges { #expect(requests.map(\.range) == wanted) }
        // A condition stands beside each Range, and what it says came with the first answer.
        #expect(requests.allSatisfy { $0.range.isEmpty == $0.ifRange.isEmpty })
        #expect(Set(requests.map(\.ifRange)).subtracting([""]).count <= 1)
    }

    @Test(.timeLimit(.minutes(5)), arguments: manifests)
    func aManifestSaysWhichFileItMustBe(row: Row) throws {
        try GuardedUpdate(
            VirtualBoard(), self.server.url + "honest", ca: self.server.ca,
            typing: ["manifest \(self.server.url)\(row.path)?\(row.id)"],
            within: row.end.overallTimeout
        ).expect(row.end)
    }

    /// With the whole file's digest no validator is needed.
    @Test(.timeLimit(.minutes(5)))
    func aManifestAloneIsEnoughToGoOn() throws {
        let path = "resume-plain?manifest"
        try GuardedUpdate(
            VirtualBoard(), self.server.url + path, ca: self.server.ca,
            typing: ["manifest \(self.server.url)manifest"]
        ).expect(.updated)
        let requests = try self.server.requests.filter { $0.path == "/" + path }
        #expect(requests.map(\.range) == ["", Self.rest])
        #expect(requests.map(\.ifRange) == ["", ""])
    }

    /// Chunks and an endless tail do not hide where the file ends.
    @Test(.timeLimit(.minutes(5)), arguments: ["chunked", "endless", "no-length-open"])
    func aManifestMeasuresAFileWithoutALength(path: String) throws {
        try GuardedUpdate(
            VirtualBoard(), self.server.url + path, ca: self.server.ca,
            typing: ["manifest \(self.server.url)manifest"]
        ).expect(.updated)
    }

    // MARK: - After a reset

    /// A board that runs 3.0.0 in ota_1, and in whose ota_0 a whole 2.0.0 is left from before.
    private static let worn = Result {
        let board = try VirtualBoard()
        for (version, slot) in [("2.0.0", "ota_0"), ("3.0.0", "ota_1")] {
            let server = try UpdateServer(image: Self.large + ["--version", version])
            try GuardedUpdate(board, server.url + "ranges", ca: server.ca)
                .expect(.updated(version), slot: slot)
        }
        return board
    }
    private static let large = ["--size", "262144"]
    private static let slot = 0x11_0000..<0x21_0000
    private static let old = "ota_1 3.0.0"

    private struct Cut {
        let board: VirtualBoard
        let server: UpdateServer

        /// Cuts the power of a worn board at an operation of its update to 4.0.0.
        init(at operation: String, path: String = "ranges", typing lines: [String] = []) throws {
            self.board = try VirtualBoard(like: worn.get())
            self.server = try UpdateServer(image: large + ["--version", "4.0.0"])
            let lines = lines.map { $0.replacing("SERVER/", with: self.server.url) }
            let run = try self.board.type(
                ["method guarded"] + lines + [self.server.url + path], ca: self.server.ca,
                ["--cut-after", operation])
            #expect(run.status == 75, "\(run.console)")
        }

        /// The update once more, and the requests that it made.
        func again(_ path: String = "ranges", typing lines: [String] = []) throws -> (
            update: GuardedUpdate, requests: [UpdateServer.Request]
        ) {
            let before = try self.server.requests.count
            let update = try GuardedUpdate(
                self.board, self.server.url + path, ca: self.server.ca,
                typing: lines.map { $0.replacing("SERVER/", with: self.server.url) })
            let new = try self.server.requests.dropFirst(before)
            return (update, new.filter { !$0.path.hasPrefix("/manifest") })
        }
    }

    /// Operations of a download of 64 sectors: an erase and a write each, and some of NVS. Progress is kept
    /// once the first sector is there, which takes some operations, and each 64 KiB.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("2", 0), ("6", 0), ("7:100", 0), ("20", 4096), ("44:2000", 69_632), ("61", 69_632),
            ("90:4000", 135_168), ("127", 200_704),
        ])
    func aDownloadGoesOnBehindALossOfPower(operation: String, place: Int) throws {
        let cut = try Cut(at: operation)
        // What it left is no app, though it was one before.
        let slot = try [UInt8](cut.board.flash[Self.slot])
        #expect(try AppImageInspection(of: slot).firstFlaw != nil)
        #expect(try cut.board.boot().running == Self.old)

        let (update, requests) = try cut.again()
        update.expect(.updated("4.0.0"), old: Self.old)
        let range = place == 0 ? "" : "bytes=\(place)-"
        #expect(requests.map(\.range) == [range], "\(update.run.console)")
        #expect(requests.allSatisfy { $0.ifRange.hasPrefix("\"") == !range.isEmpty })
    }

    @Test(.timeLimit(.minutes(5)))
    func anImageThatWasReplacedMeanwhileIsFetchedFromItsStart() throws {
        let cut = try Cut(at: "61")
        try cut.server.replaceImage(Self.large + ["--version", "5.0.0", "--seed", "9"])
        let (update, requests) = try cut.again()
        update.expect(.updated("5.0.0"), old: Self.old)
        // The server has seen by If-Range that it is another one.
        #expect(requests.map(\.range) == ["bytes=69632-"])
    }

    @Test(.timeLimit(.minutes(5)))
    func aSecondLossDoesNotForgetHowFarItWas() throws {
        let cut = try Cut(at: "61")
        let again = try cut.board.type(
            ["method guarded", cut.server.url + "ranges"], ca: cut.server.ca,
            ["--cut-after", "30"])
        #expect(again.status == 75, "\(again.console)")
        let (update, requests) = try cut.again()
        update.expect(.updated("4.0.0"), old: Self.old)
        let place = requests.first.flatMap { Int($0.range.dropFirst(6).dropLast()) } ?? 0
        #expect(place >= 69_632 && requests.count == 1, "\(requests)")
    }

    /// Another URL, another manifest, no NVS, a slot that another method has written to: nothing to go on from.
    @Test(.timeLimit(.minutes(5)))
    func progressOfAnotherURLIsNotGoneOnFrom() throws {
        let (update, requests) = try Cut(at: "61").again("ranges?other")
        update.expect(.updated("4.0.0"), old: Self.old)
        #expect(requests.map(\.range) == [""])
    }

    @Test(.timeLimit(.minutes(5)))
    func progressOfAnotherManifestIsNotGoneOnFrom() throws {
        let cut = try Cut(at: "61", typing: ["manifest SERVER/manifest-now"])
        try cut.server.replaceImage(Self.large + ["--version", "5.0.0", "--seed", "9"])
        let (update, requests) = try cut.again(typing: ["manifest SERVER/manifest-now"])
        update.expect(.updated("5.0.0"), old: Self.old)
        #expect(requests.map(\.range) == [""])
    }

    @Test(.timeLimit(.minutes(5)))
    func progressThatIsLostIsBegunAnew() throws {
        let cut = try Cut(at: "61")
        try cut.board.erase(0x9000..<0xD000)
        let (update, requests) = try cut.again()
        update.expect(.updated("4.0.0"), old: Self.old)
        #expect(requests.map(\.range) == [""])
    }

    @Test(.timeLimit(.minutes(5)))
    func aSlotThatAnotherMethodHasWrittenToIsBegunAnew() throws {
        let cut = try Cut(at: "61")
        let other = try cut.board.type(
            ["method advanced", cut.server.url + "ranges"], ca: cut.server.ca,
            ["--cut-after", "40"])
        #expect(other.status == 75, "\(other.console)")
        let (update, requests) = try cut.again()
        update.expect(.updated("4.0.0"), old: Self.old)
        #expect(requests.map(\.range) == [""])
    }

    /// Servers that do not go on as they are asked to, after a reset.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("rest-whole", ["bytes=4096-"]), ("rest-416", ["bytes=4096-", ""]),
            ("rest-shifted", ["bytes=4096-", ""]),
        ])
    func aServerThatDoesNotGoOnBeginsAnew(path: String, ranges: [String]) throws {
        let cut = try Cut(at: "20", path: path)
        let (update, requests) = try cut.again(path)
        update.expect(.updated("4.0.0"), old: Self.old)
        #expect(requests.map(\.range) == ranges)
    }
}
