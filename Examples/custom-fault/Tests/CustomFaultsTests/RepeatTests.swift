import CustomFaults
import FaultTesting
import Testing

@Suite struct RepeatTests {
    @Test func conforms() {
        #expect(Conformance.check(Repeat.self, with: [["at": "0", "count": "32KiB"]]) == [])
    }
}
