import FaultKit
import Faults
import Testing

@Suite struct HandshakeEndTests {
    @Test(arguments: [
        ("server-hello", 0), ("certificate", 1), ("key-exchange", 2), ("done", 3), ("finished", 5),
    ])
    func theHandshakeOfTLS12EndsBeforeAMessage(message: String, place: Int) throws {
        let (bytes, ending, strikes) = try TLSStream.played(
            HandshakeEnd.self, ["before": message, "ending": "reset"], TLSStream.tls12)
        #expect(bytes == TLSStream.tls12[..<place].flatMap(\.self))
        #expect(ending == .reset && strikes == 1)
    }

    @Test(arguments: [
        ("server-hello", 0), ("certificate", 3), ("key-exchange", 4), ("finished", 5),
    ])
    func theHandshakeOfTLS13EndsBeforeAMessage(message: String, place: Int) throws {
        let (bytes, ending, _) = try TLSStream.played(
            HandshakeEnd.self, ["before": message, "ending": "hang"], TLSStream.tls13)
        #expect(bytes == TLSStream.tls13[..<place].flatMap(\.self) && ending == .hang)
    }
}
