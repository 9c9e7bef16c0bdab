/// What a person needs to know of a fault: `faultserve list faults`, `faultserve explain` and
/// docs/faults.md are made of it.
public struct Manual: Sendable {
    /// A knob and what it means.
    public struct Knob: Sendable, Hashable {
        /// The name that a profile uses, in lower case with hyphens.
        public let name: String
        /// One phrase: meaning, unit, default.
        public let meaning: String

        public init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
        }
    }

    /// The name that a rule uses: the type's, in lower case with hyphens (`WrongName` is `wrong-name`).
    public let name: String
    /// What the server does, in one phrase: "stops sending at a place in the stream".
    public let summary: String
    /// What a correct client does, in one sentence. A fault without a requirement is a prank.
    public let requirement: String
    /// Every knob that the fault reads.
    public let knobs: [Knob]
    /// Knobs that make a working example, in the order in which they are shown.
    public let example: KeyValuePairs<String, String>

    public init(
        name: String, summary: String, requirement: String, knobs: [Knob] = [],
        example: KeyValuePairs<String, String> = [:]
    ) {
        self.name = name
        self.summary = summary
        self.requirement = requirement
        self.knobs = knobs
        self.example = example
    }
}
