import FaultKit
import Faults
import Testing

@Suite struct EditServerHelloTests {
    @Test func theServerHelloIsChanged() throws {
        func edited(_ knobs: KeyValuePairs<String, String>) throws -> [UInt8] {
            Array(try TLSStream.bytes(EditServerHello.self, knobs).prefix(TLSStream.tls12[0].count))
        }
        var hello = TLSStream.tls12[0]
        hello[10] = 2
        #expect(try edited(["version": "0x0302"]) == hello)
        hello = TLSStream.tls12[0]
        hello.replaceSubrange(48..<50, with: [0, 5])
        #expect(try edited(["cipher": "0x0005"]) == hello)
        hello = TLSStream.tls12[0]
        hello.replaceSubrange(35..<43, with: Array("DOWNGRD".utf8) + [1])
        #expect(try edited(["marker": "1.2"]) == hello)
        #expect(EditServerHello.complaint([:])?.knob == "version")
        // What is no whole ServerHello is left alone.
        for count in 0..<50 {
            let part = Array(TLSStream.tls12[0].prefix(count))
            #expect(try TLSStream.bytes(EditServerHello.self, ["cipher": "5"], [part]) == part)
        }
    }
}
