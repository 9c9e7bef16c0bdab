import Testing

@testable import FaultServer

@Suite struct StreamGapsTests {
    @Test func whatWasPassedOverStaysClosed() {
        var gaps = StreamGaps()
        #expect(gaps.opens(1) == .new)
        #expect(gaps.opens(1) == .known)
        #expect(gaps.opens(7) == .new)
        #expect(gaps.opens(3) == .skipped)
        #expect(gaps.opens(5) == .skipped)
        #expect(gaps.opens(7) == .known)
        #expect(gaps.opens(1) == .known)
        #expect(gaps.opens(9) == .new)
    }

    /// A client that skips at each turn costs no more than so much.
    @Test func gapsAreBounded() {
        var gaps = StreamGaps()
        for stream in stride(from: Int32(1), to: 100_001, by: 4) {
            #expect(gaps.opens(stream) == .new)
        }
        #expect(gaps.opens(3) == .skipped)
        #expect(gaps.opens(99_995) == .known)
    }
}
