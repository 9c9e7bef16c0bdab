import Testing

/// Names the paths of an update (`OTAPath`) that a test provokes, and whose result, log lines, error
/// numbers and otadata it compares with what ESP-IDF v5.3.2 was seen to do. TidyTests counts them.
struct Covers: TestTrait {
    let paths: [String]

    /// What the test that runs names, for one that has a table of them.
    static var byThisTest: Set<String> {
        Set((Test.current?.traits ?? []).compactMap { $0 as? Covers }.flatMap(\.paths))
    }
}

extension Trait where Self == Covers {
    static func covers(_ paths: String...) -> Self { Covers(paths: paths) }
}
