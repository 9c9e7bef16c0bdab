import FirmwareImage

/// What `faultserve image inspect` finds.
struct ImageReport: Encodable {
    struct Flaw: Encodable {
        let offset: Int
        let subject: String
        let expected: String
        let found: String
    }

    struct Check: Encodable {
        let name: String
        /// `passed`, `failed` or `skipped`.
        let result: String
        /// What was found, or why nothing was looked for.
        let detail: String
        let flaw: Flaw?
    }

    struct Segment: Encodable {
        enum CodingKeys: String, CodingKey {
            case offset, length, memory
            case loadAddress = "load_addr"
        }

        /// Of the data, in the file.
        let offset: Int
        let length: Int
        let loadAddress: String
        let memory: String
    }

    let file: String
    let size: Int
    let valid: Bool
    let verdict: String
    let flaw: Flaw?
    let checks: [Check]
    let segments: [Segment]
    /// By the names that `image edit --set` takes.
    let fields: [String: String]

    private let fieldRows: [(name: String, value: String)]

    private enum CodingKeys: String, CodingKey {
        case file, size, valid, verdict, flaw, checks, segments, fields
    }

    /// - Parameter fields: in the file's order.
    init(
        _ inspection: AppImageInspection, file: String, fields: [(name: String, value: String)]
    ) {
        self.file = file
        self.size = inspection.count
        self.valid = inspection.firstFlaw == nil
        self.flaw = inspection.firstFlaw.map(Flaw.init)
        self.verdict =
            inspection.firstFlaw.map { "not valid: \($0)" }
            ?? "valid: \(inspection.summary?.description ?? "")"
        self.checks = inspection.checks.map(Check.init)
        let chip = inspection.header?.chip
        self.segments = inspection.segments.map { Segment($0, chip) }
        self.fields = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
        self.fieldRows = fields
    }

    /// For people: parts, checks, and the verdict as the last line.
    func text(isColoured: Bool) -> String {
        let segments = self.segments.enumerated().map { number, segment in
            [
                "  segment \(number)", "offset \(segment.offset)", "\(segment.length) bytes",
                segment.loadAddress, segment.memory,
            ]
        }
        // Those of segments are in the table above.
        let fields = self.fieldRows.filter { !$0.name.hasPrefix("segment") }.map {
            ["  " + $0.name, $0.value]
        }
        let checks = self.checks.map { check in
            ["  " + check.mark(isColoured: isColoured), check.name, check.detail]
        }
        let verdict =
            isColoured ? "\u{1B}[\(self.valid ? 32 : 31)m\(self.verdict)\u{1B}[0m" : self.verdict
        return [
            "\(self.file): \(self.size) bytes", Terminal.table(fields), Terminal.table(segments),
            Terminal.table(checks), verdict,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

extension ImageReport.Flaw {
    init(_ flaw: AppImageFlaw) {
        self.init(
            offset: flaw.offset, subject: flaw.subject, expected: flaw.expected, found: flaw.found)
    }
}

extension ImageReport.Check {
    init(_ check: AppImageInspection.Check) {
        self.name = check.name
        self.flaw = check.flaw.map(ImageReport.Flaw.init)
        switch check.outcome {
        case .passed(let detail): (self.result, self.detail) = ("passed", detail)
        case .failed(let flaw): (self.result, self.detail) = ("failed", "\(flaw)")
        case .skipped(let reason): (self.result, self.detail) = ("skipped", reason)
        }
    }

    fileprivate func mark(isColoured: Bool) -> String {
        let (word, colour) =
            switch self.result {
            case "passed": ("ok  ", 32)
            case "failed": ("FAIL", 31)
            default: ("-   ", 90)
            }
        return isColoured ? "\u{1B}[\(colour)m\(word)\u{1B}[0m" : word
    }
}

extension ImageReport.Segment {
    init(_ segment: AppImageMap.Segment, _ chip: Chip?) {
        self.offset = segment.data.lowerBound
        self.length = segment.data.count
        self.loadAddress = hexadecimal(segment.loadAddress, digits: 8)
        self.memory = chip?.memory(at: segment.loadAddress)?.rawValue ?? "unknown"
    }
}
