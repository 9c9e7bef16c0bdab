import FaultKit
import NIOCore

/// A stream fault does the same however the stream is cut, and its strikes tell what it does.
enum StreamRules {
    /// Bytes of the stream that a fault may keep.
    static let mostKept = 64 << 10

    static func check(_ fault: some StreamFault, _ findings: inout Findings) {
        var hasStruck = false
        switch type(of: fault).unit {
        case .byte:
            for stream in Self.streams(isTotalNeeded: Self.needsTotal(findings.circumstance)) {
                Self.checkCuttings(fault, stream, &hasStruck, &findings)
            }
            Self.checkKept(fault, &findings)
        case .record:
            let records = SampleStream(records: [512, 1, 1400, 16_384, 16_384, 900, 0, 77])
            Self.checkUnits(fault, records, &hasStruck, &findings)
        case .frame:
            let frames = SampleStream(frames: [16_384, 900, 0, 16_384, 77])
            Self.checkUnits(fault, frames, &hasStruck, &findings)
        }
        if !hasStruck { findings.note("strikes", "it strikes none of the streams it is tried on") }
    }

    private static func checkUnits(
        _ fault: some StreamFault, _ stream: SampleStream, _ hasStruck: inout Bool,
        _ findings: inout Findings
    ) {
        for seed in UInt64(1)...3 {
            let run = Self.checkRun(fault, stream, .units, seed, &findings)
            hasStruck = hasStruck || !run.strikes.isEmpty
        }
    }

    private static func streams(isTotalNeeded: Bool) -> [SampleStream] {
        let lengths = [0, 1, 2, 3, 31, 127, 1021, 4099, 70_001]
        let whole = lengths.map { SampleStream([0..<$0], total: $0) }
        let ranges = [
            SampleStream([1009..<2006], total: 5003),
            SampleStream([1..<2], total: 5003),
            SampleStream([60_000..<64_099], total: 70_001),
            SampleStream([101..<700, 911..<1511], total: 2003),
        ]
        let unknown = [0, 1, 4099].map { SampleStream([0..<$0], total: nil) }
        return whole + ranges + (isTotalNeeded ? [] : unknown)
    }

    /// Whether a knob can be an offset that is told only by the length of the whole: such a fault is
    /// never handed a stream of unknown length.
    private static func needsTotal(_ knobs: String?) -> Bool {
        (knobs ?? "").split { $0 == " " || $0 == "=" || $0 == "," }.contains {
            Offset(knob: String($0))?.needsTotal ?? false
        }
    }

    /// Plays a stream twice in the same way.
    private static func checkRun<F: StreamFault>(
        _ fault: F, _ stream: SampleStream, _ cutting: SampleStream.Cutting, _ seed: UInt64,
        _ findings: inout Findings
    ) -> StreamRun {
        let run = StreamRun(fault, stream, cutting, seed: seed)
        let again = StreamRun(fault, stream, cutting, seed: seed)
        if run.steps != again.steps || run.strikes != again.strikes {
            findings.note(
                "deterministic",
                "it does not do the same to \(stream), cut \(cutting), twice with the same dice")
        }
        if let mismatch = Evidence.mismatch(in: run, of: stream) {
            findings.note("evidence", "of \(stream), cut \(cutting), it \(mismatch)")
        }
        return run
    }

    private static func checkCuttings<F: StreamFault>(
        _ fault: F, _ stream: SampleStream, _ hasStruck: inout Bool, _ findings: inout Findings
    ) {
        for seed in UInt64(1)...(stream.count > 5000 ? 1 : 3) {
            let whole = Self.checkRun(fault, stream, .whole, seed, &findings)
            hasStruck = hasStruck || !whole.strikes.isEmpty
            for cutting in Self.cuttings(of: stream, seed) {
                let run = Self.checkRun(fault, stream, cutting, seed, &findings)
                Self.compare(run, whole, "\(stream), cut \(cutting) instead of whole,", &findings)
            }
        }
    }

    /// The finest pieces only for short streams: in a debug build they cost seconds for a long one.
    private static func cuttings(
        of stream: SampleStream, _ seed: UInt64
    ) -> [SampleStream.Cutting] {
        let coarse = [97, 2000, 16_384].filter { $0 < 2 * stream.count || $0 == 97 }
        let random = coarse.map { SampleStream.Cutting.random(seed: seed, most: $0) }
        guard stream.count < 2000 else { return random }
        return random + [seed == 1 ? .bytes : .random(seed: seed, most: 2)]
    }

    private static func compare(
        _ run: StreamRun, _ whole: StreamRun, _ circumstance: String, _ findings: inout Findings
    ) {
        if run.bytes != whole.bytes {
            findings.note("cut bytes", "of \(circumstance) it sends other bytes")
        }
        if run.waited != whole.waited {
            findings.note(
                "cut time",
                "of \(circumstance) it waits \(run.waited.nanoseconds) ns, not "
                    + "\(whole.waited.nanoseconds) ns")
        }
        if run.ending != whole.ending {
            findings.note("cut ending", "of \(circumstance) it makes another ending")
        }
        if run.joinedStrikes != whole.joinedStrikes {
            findings.note("cut strikes", "of \(circumstance) it strikes elsewhere or otherwise")
        }
    }

    private static func checkKept<F: StreamFault>(_ fault: F, _ findings: inout Findings) {
        let stream = SampleStream([0..<200_003], total: 200_003)
        let cutting = SampleStream.Cutting.random(seed: 1, most: 8192)
        let run = StreamRun(fault, stream, cutting, seed: 1, isProbed: true)
        let hasLost = run.ending != .clean || run.strikes.contains { $0.kind == .dropped }
        // What a fault has not sent it may have dropped; if nothing is dropped, it kept it all.
        let kept = hasLost ? run.mostKept : max(run.mostKept, run.mostUnsent)
        if kept > Self.mostKept {
            findings.note(
                "kept", "it keeps \(kept) bytes of \(stream); at most \(Self.mostKept) may be kept")
        }
    }
}
