/// Why an app image cannot be made.
public enum AppImageError: Error, Hashable, CustomStringConvertible {
    /// A text has so many bytes, more than its field holds.
    case textTooLong(AppDescriptor.Text, count: Int)
    /// A text holds a zero byte, which would end it early.
    case textHoldsZero(AppDescriptor.Text)
    /// No image has this size; these come nearest, in ascending order.
    case impossibleSize(Int, nearest: [Int])
    /// An image of this size cannot have so many segments; these are the bounds.
    case impossibleSegments(Int, possible: ClosedRange<Int>)
    /// The digest of the ELF file has so many bytes.
    case wrongDigestSize(Int)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .textTooLong(let text, let count):
            "The \(text.rawValue) of an app has at most \(text.limit) bytes, and this one has "
                + "\(count); shorten it."
        case .textHoldsZero(let text):
            "The \(text.rawValue) of an app cannot hold a zero byte; leave it out."
        case .impossibleSize(let size, let nearest):
            "An app image cannot have \(size) bytes: its size is a multiple of 16 from "
                + "\(AppImageRecipe.sizes.lowerBound) to \(AppImageRecipe.sizes.upperBound). "
                + "Take \(nearest.map(String.init).joined(separator: " or "))."
        case .impossibleSegments(let count, let possible):
            "An app image of this size cannot have \(count) segments; take \(possible.lowerBound) to "
                + "\(possible.upperBound), or another size."
        case .wrongDigestSize(let count):
            "The SHA-256 of an ELF file has 32 bytes, and this one has \(count); give 64 hexadecimal "
                + "digits."
        }
    }
}
