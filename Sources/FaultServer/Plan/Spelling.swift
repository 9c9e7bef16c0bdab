/// What a misspelt name was meant to be.
enum Spelling {
    /// The known name that is nearest to a word, if one is near enough to be meant: at most a third of
    /// its letters wrong. Among equals, the first in the alphabet.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let word = word.lowercased()
        // A longer word is no misspelt name, and the distance costs the product of the lengths.
        guard (1...40).contains(word.count) else { return nil }
        let limit = max(1, word.count / 3)
        let ranked = known.map { (distance: Self.distance(word, $0.lowercased()), name: $0) }
        guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }),
            best.distance <= limit, best.distance < word.count
        else { return nil }
        return best.name
    }

    /// "; did you mean 'truncate'?", or what to say if nothing is near.
    static func hint(
        for word: String, among known: some Sequence<String>, otherwise: String = ""
    ) -> String {
        Self.nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? otherwise
    }

    /// Letters inserted, left out, replaced, or swapped with their neighbour: the Damerau-Levenshtein
    /// distance in which no letter is touched twice (optimal string alignment).
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let isSame = left[row] == right[column]
                var cost = min(
                    last[column + 1] + 1, current[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}

extension String {
    /// The text in quotes, for a message: cut if it is long, without control characters.
    var shown: String {
        let plain = self.unicodeScalars.prefix(60).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
        }
        return "'" + plain.joined() + (self.unicodeScalars.count > 60 ? "…'" : "'")
    }
}
