public import NIOCore

/// A number of bytes, written `4096`, `64KiB`, `1MB`.
public struct ByteCount: KnobValue, Hashable, Comparable, CustomStringConvertible {
    public static let form = "a byte count such as 4096, 64KiB or 1MB"

    public let bytes: Int

    public init(_ bytes: Int) { self.bytes = bytes }

    public init?(knob text: String) {
        guard let bytes = Scaled(text)?.whole(units: Self.units), bytes >= 0 else { return nil }
        self.bytes = bytes
    }

    static let units: [String: Int] = [
        "": 1, "b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
        "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30,
    ]

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    public var description: String {
        for (unit, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where self.bytes != 0 && self.bytes % size == 0 {
            return "\(self.bytes / size) \(unit)"
        }
        return "\(self.bytes) B"
    }
}

/// A speed in bytes a second, written `64KiB/s`, `1MB/s` or, in bits, `256kbit/s`. At least 1 B/s.
public struct Rate: KnobValue, Hashable, CustomStringConvertible {
    public static let form = "a rate such as 64KiB/s, 1MB/s or 256kbit/s"

    public let bytesPerSecond: Int

    /// - Precondition: the rate is at least 1 byte a second.
    public init(bytesPerSecond: Int) {
        precondition(bytesPerSecond > 0, "a rate is at least 1 byte a second")
        self.bytesPerSecond = bytesPerSecond
    }

    public init?(knob text: String) {
        guard let scaled = Scaled(text) else { return nil }
        let bits = ["kbit/s": 1_000, "mbit/s": 1_000_000, "gbit/s": 1_000_000_000, "bit/s": 1]
        let bytes = Dictionary(
            uniqueKeysWithValues: ByteCount.units.map { ($0.key + "/s", $0.value) })
        guard let rate = scaled.whole(units: bits).map({ $0 / 8 }) ?? scaled.whole(units: bytes),
            rate > 0
        else { return nil }
        self.bytesPerSecond = rate
    }

    /// How long so many bytes take, rounded down to the nanosecond; exact for any count and rate.
    public func time(for bytes: Int) -> TimeAmount {
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: self.bytesPerSecond)
        let product = rest.multipliedFullWidth(by: 1_000_000_000)
        let part = self.bytesPerSecond.dividingFullWidth(product).quotient
        return .nanoseconds(Int64(whole) * 1_000_000_000 + Int64(part))
    }

    public var description: String { "\(ByteCount(self.bytesPerSecond))/s" }
}

/// A share of a whole, as a ratio of integers so that chance and places are exact: `1/3` or `40%`.
public struct Ratio: KnobValue, Hashable, CustomStringConvertible {
    public static let form = "a ratio such as 1/3, or a share such as 40%"

    public let numerator: Int
    public let denominator: Int

    /// - Precondition: 0 ≤ numerator ≤ denominator, and the denominator is not 0.
    public init(_ numerator: Int, _ denominator: Int) {
        precondition(
            denominator > 0 && (0...denominator).contains(numerator), "a ratio lies in 0...1")
        self.numerator = numerator
        self.denominator = denominator
    }

    public init?(knob text: String) {
        if text.hasSuffix("%") {
            guard let percent = Scaled(String(text.dropLast())), percent.unit.isEmpty else {
                return nil
            }
            self.init(percent.digits, over: percent.divisor * 100)
        } else {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let top = Int(parts[0]), let bottom = Int(parts[1]) else {
                return nil
            }
            self.init(top, over: bottom)
        }
    }

    private init?(_ numerator: Int, over denominator: Int) {
        guard denominator > 0, (0...denominator).contains(numerator) else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The share of a whole, rounded down; exact for any whole.
    public func of(_ whole: Int) -> Int {
        self.denominator.dividingFullWidth(whole.multipliedFullWidth(by: self.numerator)).quotient
    }

    public var description: String { "\(self.numerator)/\(self.denominator)" }
}

/// A place in a stream or an image: `4096`, `64KiB`, `40%` of the whole, or `-33` bytes before its end.
public enum Offset: KnobValue, Hashable, CustomStringConvertible {
    case bytes(Int)
    case share(Ratio)
    case beforeEnd(Int)

    public static let form =
        "a byte count such as 4096, a share such as 40%, or a count from the end such as -33"

    public init?(knob text: String) {
        if text.hasSuffix("%") {
            guard let share = Ratio(knob: text) else { return nil }
            self = .share(share)
        } else if text.hasPrefix("-") {
            guard let count = ByteCount(knob: String(text.dropFirst())) else { return nil }
            self = .beforeEnd(count.bytes)
        } else {
            guard let count = ByteCount(knob: text) else { return nil }
            self = .bytes(count.bytes)
        }
    }

    /// Whether the place can be told only when the length of the whole is known: in a body, not on
    /// ``Place/http`` or ``Place/link``, whose streams end when they end.
    public var needsTotal: Bool {
        switch self {
        case .bytes: false
        case .share, .beforeEnd: true
        }
    }

    /// The place in a whole of so many bytes; never negative, but maybe beyond the end.
    /// - Returns: nil if the whole's length is unknown and the offset depends on it.
    public func resolved(in total: Int?) -> Int? {
        switch self {
        case .bytes(let count): count
        case .share(let ratio): total.map { ratio.of($0) }
        case .beforeEnd(let count): total.map { max(0, $0 - count) }
        }
    }

    public var description: String {
        switch self {
        case .bytes(let count): "\(count)"
        case .share(let ratio):
            ratio.denominator == 100 ? "\(ratio.numerator)%" : ratio.description
        case .beforeEnd(let count): "-\(count)"
        }
    }
}

/// Times are written with their unit: `250ms`, `5s`, `2min`, `1h`.
extension TimeAmount: KnobValue {
    public static var form: String { "a time such as 250ms, 5s or 2min" }

    public init?(knob text: String) {
        let units = [
            "ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
            "min": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
        ]
        guard let scaled = Scaled(text), let time = scaled.whole(units: units), time >= 0 else {
            return nil
        }
        self = .nanoseconds(Int64(time))
    }
}

/// A decimal number with a unit, kept in integers: "1.5 MiB" is 15 over 10, "mib".
private struct Scaled {
    let digits: Int
    let divisor: Int
    let unit: String

    init?(_ text: String) {
        let text = text.trimmingSpaces
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, number.count <= 18 else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !fraction.isEmpty, let digits = Int(whole + fraction) else {
            return nil
        }
        self.digits = digits
        self.divisor = fraction.reduce(1) { power, _ in power * 10 }
        self.unit = String(text.dropFirst(number.count)).trimmingSpaces.lowercased()
    }

    /// The number times its unit, if the unit is known and the product fits; rounded down.
    func whole(units: [String: Int]) -> Int? {
        guard let scale = units[self.unit] else { return nil }
        let (product, overflow) = self.digits.multipliedReportingOverflow(by: scale)
        return overflow ? nil : product / self.divisor
    }
}
