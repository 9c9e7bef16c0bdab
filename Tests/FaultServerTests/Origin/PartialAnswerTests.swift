import FaultKit
import Testing

@testable import FaultServer

@Suite struct PartialAnswerTests {
    private let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test(arguments: [
        ("bytes=0-0", "bytes 0-0/1000", 0..<1), ("bytes=-1", "bytes 999-999/1000", 999..<1_000),
        ("bytes=0-", "bytes 0-999/1000", 0..<1_000),
        ("bytes=990-2000", "bytes 990-999/1000", 990..<1_000),
        // One that can be satisfied of several, and several that are one
        ("bytes=2000-,5-9", "bytes 5-9/1000", 5..<10),
        ("bytes=0-4,5-9", "bytes 0-9/1000", 0..<10),
    ])
    func oneRangeIsAPlainPart(value: String, contentRange: String, range: Range<Int>) throws {
        let response = try OriginClient(bytes: self.bytes).ask("/firmware.bin", ["Range": value])
        #expect(response.status == 206)
        #expect(response.fields["Content-Range"] == contentRange)
        #expect(response.fields["Content-Type"] == "application/octet-stream")
        #expect(response.fields["Content-Length"] == String(range.count))
        #expect(response.fields["Accept-Ranges"] == "bytes")
        #expect(try response.body.rendered() == Array(self.bytes[range]))
    }

    @Test func aRangeBeyondTheEndIsRefusedWithTheLength() throws {
        let client = try OriginClient(bytes: self.bytes)
        for value in ["bytes=1000-", "bytes=-0", "bytes=1000-1001,5000-"] {
            let response = client.ask("/firmware.bin", ["Range": value])
            #expect(response.status == 416)
            #expect(response.fields.all("Content-Range") == ["bytes */1000"])
            #expect(try response.body.string.contains("1000 bytes"))
        }
    }

    @Test(arguments: ["items=0-1", "bytes=1-0", "bytes=a", "bytes"])
    func whatIsNoRangeIsAnsweredWithTheWhole(value: String) throws {
        let response = try OriginClient(bytes: self.bytes).ask("/firmware.bin", ["Range": value])
        #expect(response.status == 200)
        #expect(response.fields["Content-Range"] == nil)
        #expect(response.body.count == 1_000)
    }

    @Test func twoRangeFieldsAreNone() throws {
        let fields: Fields = ["Range": "bytes=0-1", "range": "bytes=2-3"]
        #expect(try OriginClient(bytes: self.bytes).status("/firmware.bin", fields) == 200)
    }

    @Test(arguments: [
        ("bytes=0-", 416), ("bytes=0-0", 416), ("bytes=-0", 416), ("bytes=-1", 200),
        ("bytes=0-,-1", 200),
    ])
    func anEmptyImageHasNoPartToSend(value: String, status: Int) throws {
        let response = try OriginClient(bytes: []).ask("/firmware.bin", ["Range": value])
        #expect(response.status == status)
        #expect(response.fields["Content-Range"] == (status == 416 ? "bytes */0" : nil))
    }

    @Test func theBoundaryIsTheContentsOwn() throws {
        let fields: Fields = ["Range": "bytes=0-1,5-6"]
        let client = try OriginClient(bytes: self.bytes)
        let type = client.ask("/firmware.bin", fields).fields["Content-Type"]
        #expect(client.ask("/firmware.bin", fields).fields["Content-Type"] == type)
        let edited = client.ask("/firmware.bin", fields) { $0.replace(0..<1, with: [7]) }
        #expect(edited.fields["Content-Type"] != type)
    }

    /// Python's own reader of MIME takes the parts apart.
    @Test(.timeLimit(.minutes(5))) func severalRangesAreReadByPython() throws {
        let response = try OriginClient(bytes: Array("0123456789abcdef".utf8))
            .ask("/firmware.bin", ["Range": "bytes=10-12, 0-0, -2"])
        #expect(response.status == 206)
        #expect(response.fields["Content-Range"] == nil)
        let rendered = try response.body.rendered()
        #expect(response.fields["Content-Length"] == String(rendered.count))
        let type = try #require(response.fields["Content-Type"])
        let script = """
            import email, sys
            for part in email.message_from_bytes(sys.stdin.buffer.read()).get_payload():
                print(part["Content-Type"], part["Content-Range"], part.get_payload(), sep="|")
            """
        let printed = try Python.run(script, Array("Content-Type: \(type)\r\n\r\n".utf8) + rendered)
        #expect(
            printed == """
                application/octet-stream|bytes 10-12/16|abc
                application/octet-stream|bytes 0-0/16|0
                application/octet-stream|bytes 14-15/16|ef

                """)
    }

    @Test func partsAreTheSlicesThatTheyClaimToBe() throws {
        var dice = Dice(seed: 11, for: 2)
        var severals = 0
        for round in 0..<400 {
            let original = (0..<dice.roll(1..<3_000)).map { _ in UInt8(dice.roll(0..<256)) }
            let place = dice.roll(0..<original.count)
            let patch = (0..<dice.roll(0..<5)).map { _ in UInt8(dice.roll(0..<256)) }
            let edited = original[..<place] + patch + original[(place + 1)...]
            let content = Array(edited)
            let specs = (0..<dice.roll(1..<6)).map { _ -> String in
                let first = dice.roll(0..<content.count + 10)
                return ["\(first)-\(first + dice.roll(0..<100))", "\(first)-", "-\(first)"][
                    dice.roll(0..<3)]
            }
            let fields: Fields = ["Range": "bytes=" + specs.joined(separator: ",")]
            let response = try OriginClient(bytes: original).ask("/firmware.bin", fields) {
                $0.replace(place..<place + 1, with: patch)
            }
            let served = try self.parts(of: response)
            if served.count > 1 { severals += 1 }
            for (range, bytes) in served {
                #expect(bytes == Array(content[range]), "round \(round): \(fields.list)")
            }
            #expect(
                response.status == 416 ? served.isEmpty : !served.isEmpty || content.isEmpty,
                "round \(round): \(response.status)")
            #expect(response.fields["Content-Length"] == String(response.body.count))
        }
        #expect(severals > 50)
    }

    /// The ranges that a response claims to hold, with their bytes.
    private func parts(of response: Response) throws -> [(Range<Int>, [UInt8])] {
        let bytes = try response.body.rendered()
        switch response.status {
        case 200: return [(0..<bytes.count, bytes)]
        case 206: break
        default: return []
        }
        if let value = response.fields["Content-Range"] {
            return [(try self.range(value), bytes)]
        }
        let type = try #require(response.fields["Content-Type"])
        let boundary = try #require(type.split(separator: "boundary=").last)
        // The body is cut at its delimiters; before the first stands nothing.
        let pieces = ([13, 10] + bytes).split(
            separator: Array("\r\n--\(boundary)".utf8), omittingEmptySubsequences: false)
        #expect(pieces.first?.isEmpty == true)
        #expect(pieces.last.map(Array.init) == Array("--\r\n".utf8))
        return try pieces.dropFirst().dropLast().map { piece in
            let cut = try #require(piece.firstRange(of: Array("\r\n\r\n".utf8)))
            let head = String(decoding: piece[..<cut.lowerBound], as: UTF8.self)
            let value = try #require(head.split(separator: "Content-Range: ").last)
            return (try self.range(String(value)), Array(piece[cut.upperBound...]))
        }
    }

    private func range(_ value: String) throws -> Range<Int> {
        let numbers = value.split { !$0.isNumber }.compactMap { Int($0) }
        try #require(numbers.count == 3 && value.hasPrefix("bytes "))
        return numbers[0]..<numbers[1] + 1
    }
}
