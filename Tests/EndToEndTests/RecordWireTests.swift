import Foundation
import Testing

/// What faults do to TLS records, as the wire has it.
///
/// The suite encrypts nothing (RFC 4492: ECDHE_ECDSA_WITH_NULL_SHA), so that a record is its plaintext and 20 bytes of
/// HMAC-SHA1, and each byte can be held against the honest stream.
@Suite struct RecordWireTests {
    /// A record (RFC 5246 §6.2.1).
    private struct Record: Equatable {
        let type: UInt8
        let version: Int
        /// What the header says.
        let length: Int
        /// What is there.
        var fragment: Data
        /// Bytes at its end that are new in each session.
        var mac = 20

        /// The same in two sessions.
        func isLike(_ other: Record) -> Bool {
            (self.type, self.version, self.length) == (other.type, other.version, other.length)
                && self.fragment.dropLast(other.mac) == other.fragment.dropLast(other.mac)
        }

        /// Two records of one.
        func split(at place: Int) -> [Record] {
            let parts = [self.fragment.prefix(place), self.fragment.dropFirst(place)].map {
                Data($0)
            }
            return zip(parts, [0, 20]).map { part, mac in
                Record(
                    type: self.type, version: self.version, length: part.count, fragment: part,
                    mac: mac)
            }
        }

        /// Takes a stream apart, up to its end or to the first header that lies, with all that follows it.
        static func all(in bytes: Data) -> [Record] {
            var records: [Record] = []
            var rest = bytes
            while rest.count >= 5 {
                let header = [UInt8](rest.prefix(5))
                let length = Int(header[3]) << 8 | Int(header[4])
                let lies = length > 16_384 + 2_048
                let fragment = Data(lies ? rest.dropFirst(5) : rest.dropFirst(5).prefix(length))
                records.append(
                    Record(
                        type: header[0], version: Int(header[1]) << 8 | Int(header[2]),
                        length: length, fragment: fragment))
                rest = rest.dropFirst(5 + fragment.count)
            }
            return records
        }
    }

    /// What a client got that reads on whatever comes, and what its TLS said.
    private struct Capture {
        /// Those behind the handshake.
        let records: [Record]
        let error: String
        /// Plaintext that was authentic.
        let plaintext: Int
    }

    private static let suite = "ECDHE-ECDSA-NULL-SHA"

    private static let client = checkout + "/Tests/EndToEndTests/Fixtures/unencrypted_tls.py"

    private static func capture(_ fault: String?) throws -> Capture {
        let server = try Faultserve(
            ["--fault", "ciphers list=\(Self.suite)", "--fault", "tls-versions max=1.2"]
                + (fault.map { ["--fault", $0] } ?? []), host: "localhost")
        let file = server.folder.file("wire")
        let done = try run(
            "python3", [Self.client, server.ca, "\(server.port)", file], within: 30)
        let words = done.output.split(separator: " ").map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        try #require(words.count == 2, "\(done.errors)")
        let records = Record.all(in: try server.folder.bytes("wire"))
        // ChangeCipherSpec and Finished end the server's handshake.
        let end = try #require(records.firstIndex { $0.type == 20 }) + 2
        return Capture(
            records: Array(records[end...]), error: words[0], plaintext: Int(words[1]) ?? 0)
    }

    /// Bytes of the image that is served.
    private static let imageSize = 602_224
    /// The record that the faults are for, from 0.
    private static let place = 3

    @Test(.timeLimit(.minutes(2))) func eachDoesWhatItSays() throws {
        let honest = try Self.capture(nil)
        #expect(honest.error == "None" && honest.plaintext > Self.imageSize)
        let records = honest.records
        let place = Self.place
        // Data, then close_notify.
        #expect(records.count > 30 && records.last?.type == 21)
        #expect(records.dropLast().allSatisfy { $0.type == 23 && $0.version == 0x0303 })

        /// What comes of the honest stream; the client takes what is before the damage, and nothing behind it.
        func check(
            _ fault: String, _ expected: [Record], taken: Int = Self.place,
            error: String = "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"
        ) throws {
            let found = try Self.capture(fault)
            #expect(found.records.count == expected.count, "\(fault)")
            // The first has the response's head, which tells the time.
            for (index, pair) in zip(found.records, expected).enumerated().dropFirst() {
                #expect(pair.0.isLike(pair.1), "\(fault): record \(index + 1)")
            }
            #expect(found.error == error, "\(fault)")
            let before = records.prefix(taken).reduce(0) { $0 + $1.length - 20 }
            #expect(found.plaintext == before, "\(fault)")
        }

        var edited = records
        edited.remove(at: place)
        try check("drop-record record=4", edited)

        edited = records
        edited.insert(records[place], at: place)
        try check("repeat-record record=4", edited, taken: place + 1)
        let twice = try Self.capture("repeat-record record=4").records
        #expect(twice[place] == twice[place + 1], "its MAC is the same")

        edited = records
        edited.swapAt(place, place + 1)
        try check("swap-records record=4", edited)

        edited = records
        edited[place].fragment[10] ^= 0x40
        try check("flip-record record=4 at=10 mask=0x40", edited)

        edited = records
        edited.replaceSubrange(place..<place + 1, with: records[place].split(at: 100))
        try check("split-record record=4 at=100", edited)

        edited = records
        edited[place] = Record(
            type: 99, version: 0x0303, length: records[place].length,
            fragment: records[place].fragment)
        try check("record-header record=4 content-type=99", edited)

        edited[place] = Record(
            type: 23, version: 0x0300, length: records[place].length,
            fragment: records[place].fragment)
        try check("record-header record=4 version=0x0300", edited, error: "WRONG_VERSION_NUMBER")

        edited = records
        let empty = Record(type: 23, version: 0x0303, length: 0, fragment: Data(), mac: 0)
        edited.insert(contentsOf: [empty, empty, empty], at: place)
        try check("empty-records record=4 count=3", edited, error: "LENGTH_TOO_SHORT")

        edited = records
        let alert = Record(type: 21, version: 0x0303, length: 2, fragment: Data([2, 80]), mac: 0)
        edited.insert(alert, at: place)
        try check("inject-alert record=4 number=80", edited, error: "LENGTH_TOO_SHORT")
    }

    /// The header of the fourth lies, and the stream goes on behind it.
    @Test func aRecordIsLongerThanItMayBe() throws {
        let honest = try Self.capture(nil).records
        let found = try Self.capture("oversized-record record=4 length=20480")
        #expect(found.records.count == Self.place + 1)
        let last = try #require(found.records.last)
        #expect(last.type == 23 && last.length == 20_480)
        let twin = honest[Self.place].fragment.prefix(16_384)
        #expect(last.fragment.prefix(16_384).elementsEqual(twin))
        #expect(found.error == "PACKET_LENGTH_TOO_LONG")
    }

    @Test func recordsHoldNoMoreThanTheyAreToHold() throws {
        let found = try Self.capture("record-size bytes=1000")
        let data = found.records.filter { $0.type == 23 }
        #expect(found.error == "None" && found.plaintext > Self.imageSize)
        #expect(data.allSatisfy { $0.length <= 1_020 } && data.count > 600)
    }

    /// close_notify in the middle, and what the response promised does not come.
    @Test(arguments: [("close-notify", true), ("cut", false)])
    func closeNotifyComesEarlyOrNever(ending: String, isSaid: Bool) throws {
        let found = try Self.capture("truncate on=body at=100000 ending=\(ending)")
        #expect((found.records.last?.type == 21) == isSaid)
        let data = found.records.filter { $0.type == 23 }.reduce(0) { $0 + $1.length - 20 }
        #expect((100_000..<101_000).contains(data) && found.plaintext == data)
    }
}
