import FaultKit
import Faults
import Testing

@Suite struct WrongLengthTests {
    private let honest = Response(
        status: 200, reason: "OK", fields: ["content-length": "4000", "ETag": "\"1\""],
        body: Body([.image(Image(name: "f", bytes: honestBytes(0..<4000)), 0..<4000)]))

    private func edited(
        _ knobs: KeyValuePairs<String, String>, _ response: Response? = nil
    ) throws -> Response {
        var (response, dice) = (response ?? self.honest, Dice(seed: 1))
        try WrongLength(knobs).edit(&response, to: Request(target: "/f"), using: &dice)
        return response
    }

    @Test(arguments: [
        ("+5000", "9000"), ("-100", "3900"), ("-4000", "0"), ("-1MiB", "0"), ("+1KiB", "5024"),
    ])
    func addsToTheTrueLength(_ by: String, _ said: String) throws {
        let response = try self.edited(["by": by])
        #expect(response.fields.all("Content-Length") == [said])
        #expect(response.body.count == 4000)
        #expect(response.sequel == .end(.clean))
    }

    @Test func saysTheLengthThatItIsToldAndEndsSo() throws {
        let response = try self.edited(["length": "180", "ending": "hang"])
        #expect(response.fields["Content-Length"] == "180")
        #expect(response.sequel == .end(.hang))
        #expect(response.fields["ETag"] == "\"1\"")
    }

    @Test func countsTheBodyWhereNoLengthIsSaid() throws {
        let response = Response(status: 200, reason: "OK", body: .text("12345"))
        #expect(try self.edited(["by": "+2"], response).fields["Content-Length"] == "7")
    }

    @Test func doesNothingWhereTheLengthIsTrue() throws {
        #expect(try self.edited(["length": "4000"]).sequel == .asAsked)
        let empty = Response(status: 200, reason: "OK", fields: ["Content-Length": "0"])
        #expect(try self.edited(["by": "-5"], empty).sequel == .asAsked)
    }

    @Test func needsExactlyOneOfTwoKnobs() {
        #expect(WrongLength.complaint([:])?.knob == "by")
        #expect(WrongLength.complaint(["by": "+1", "length": "5"])?.knob == "length")
        for by in ["0", "+0", "5000", "", "+", "+x", "--5"] {
            #expect(WrongLength.complaint(["by": by])?.knob == "by", "\(by)")
        }
    }
}
