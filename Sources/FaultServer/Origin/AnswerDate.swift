import FaultKit

/// The time of an answer (RFC 9110 §6.6.1).
struct AnswerDate {
    /// Since 1970.
    let seconds: Int
    /// As the `Date` field writes it, an IMF-fixdate.
    let text: String
}

extension AnswerDate {
    init(seconds: Int) { self.init(seconds: seconds, text: HTTPDate.text(seconds)) }
}
