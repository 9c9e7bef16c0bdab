import FaultKit

/// What an edit made of an image, in words: its length, what the fault says of it, and which bytes are
/// other ones.
struct ImageDifference: CustomStringConvertible {
    let description: String

    /// Reads what the two do not share, if they are as long as each other. What cannot be read is not told.
    init(from before: Image, to after: Image) {
        let notes = Array(after.notes.dropFirst(before.notes.count))
        guard before.count == after.count else {
            let sizes = "\(before.count.grouped) → \(after.count.grouped) bytes"
            self.description = ([sizes] + notes).joined(separator: ", ")
            return
        }
        let changed = (try? Self.changed(before, after)).map { [$0] } ?? []
        self.description = (["\(after.count.grouped) bytes"] + notes + changed)
            .joined(separator: ", ")
    }

    private static func changed(_ before: Image, _ after: Image) throws -> String {
        var (count, first, last) = (0, 0, 0)
        try after.forEachDifference(from: before) { start, new, old in
            for index in new.indices where old[index] != new[index] {
                if count == 0 { first = start + index }
                last = start + index
                count += 1
            }
            return true
        }
        switch count {
        case 0: return "no byte changed"
        case 1: return "1 byte changed, at offset \(first.grouped)"
        default:
            return "\(count.grouped) bytes changed, from offset \(first.grouped) to \(last.grouped)"
        }
    }
}
