import FaultKit

/// What image rules made of an image.
struct Edition: Sendable {
    /// What a rule changed.
    struct Change: Sendable {
        let rule: Rule
        let detail: String
    }

    /// The edited image, or which rule could not edit it, and why.
    let image: Result<Image, ImageError>
    /// What the rules changed, in their order; nothing if one failed, as then nobody gets the image.
    let changes: [Change]

    /// None was made.
    init(failure: ImageError) { self.init(image: .failure(failure), changes: []) }

    /// Runs image faults over an image, which may read all of it.
    init(of image: Image, by matches: [Match]) {
        var image = image
        var changes: [Change] = []
        for match in matches {
            guard case .image(let fault) = match.rule.hook else { continue }
            let before = image
            var dice = match.dice
            do {
                try fault.edit(&image, using: &dice)
                // Who writes what is there already has changed nothing, and the entity tag stays.
                if try image.hasSameBytes(as: before) {
                    image = before
                    continue
                }
            } catch {
                self.init(
                    failure: ImageError(
                        "rule '\(match.rule.text)' cannot edit \(image.name): \(error)"))
                return
            }
            let difference = ImageDifference(from: before, to: image)
            changes.append(Change(rule: match.rule, detail: "\(image.name), \(difference)"))
        }
        self.init(image: .success(image), changes: changes)
    }

    private init(image: Result<Image, ImageError>, changes: [Change]) {
        self.image = image
        self.changes = changes
    }

    var failure: ImageError? {
        if case .failure(let error) = self.image { error } else { nil }
    }
}
