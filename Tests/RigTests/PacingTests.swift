import Testing

@testable import Rig

/// How fast a device is heard.
@Suite struct PacingTests {
    @Test func aBootLogPassesAtOnce() {
        var pacing = Pacing()
        #expect(pacing.delay(lines: 60, bytes: 6_000, now: .seconds(3)) == .zero)
        #expect(pacing.delay(lines: 800, bytes: 800, now: .seconds(3)) == .zero)
    }

    @Test func aBabblerIsHeldBack() {
        var pacing = Pacing()
        var now = Duration.zero
        for _ in 0..<100 { now += pacing.delay(lines: 2_048, bytes: 4_096, now: now) }
        // 204,800 lines, less those that came at once.
        #expect(now > .seconds(40) && now < .seconds(41))
    }

    @Test func linesWithoutAnEndAreHeldBackToo() {
        var pacing = Pacing()
        #expect(pacing.delay(lines: 0, bytes: 4_096, now: .zero) == .zero)
        #expect(pacing.delay(lines: 0, bytes: 1_000_000, now: .zero) > .seconds(3))
    }

    @Test func silenceIsNoCreditBeyondABurst() {
        var pacing = Pacing()
        _ = pacing.delay(lines: 1, bytes: 1, now: .zero)
        #expect(pacing.delay(lines: 2_000, bytes: 1, now: .seconds(60)) == .milliseconds(200))
    }
}
