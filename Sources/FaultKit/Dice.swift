/// Chance that can be replayed.
///
/// The engine derives dice from the seed and from what they are rolled for (rule, connection, request),
/// so concurrency cannot change a roll. There is no other randomness in the data path.
///
/// The generator is xoshiro256** seeded by SplitMix64 (Blackman and Vigna, 2018).
public struct Dice: RandomNumberGenerator, Sendable, Hashable {
    private var state: (UInt64, UInt64, UInt64, UInt64) {
        get { (self.a, self.b, self.c, self.d) }
        set { (self.a, self.b, self.c, self.d) = newValue }
    }
    private var a, b, c, d: UInt64

    /// - Parameter purpose: what the dice are for; another purpose gives unrelated rolls.
    public init(seed: UInt64, for purpose: UInt64...) {
        var mixer = SplitMix64(state: seed)
        for part in purpose {
            mixer.state = mixer.next() ^ (part &* 0x9E37_79B9_7F4A_7C15)
        }
        (self.a, self.b, self.c, self.d) = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
    }

    public mutating func next() -> UInt64 {
        let (s0, s1, s2, s3) = self.state
        let product = s1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let mixed2 = s2 ^ s0
        let mixed3 = s3 ^ s1
        self.state = (
            s0 ^ mixed3, s1 ^ mixed2, mixed2 ^ (s1 << 17), (mixed3 << 45) | (mixed3 >> 19)
        )
        return result
    }

    /// A number in the range, each as likely as the others.
    ///
    /// The method is Lemire's ("Fast Random Integer Generation in an Interval", 2019), written out because
    /// the standard library may change its own, and a seed must say the same with every compiler.
    /// - Precondition: the range is not empty.
    public mutating func roll(_ range: Range<Int>) -> Int {
        precondition(!range.isEmpty, "dice cannot roll a number in an empty range")
        let faces = UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound))
        var product = self.next().multipliedFullWidth(by: faces)
        if product.low < faces {
            let unfair = (0 &- faces) % faces
            while product.low < unfair {
                product = self.next().multipliedFullWidth(by: faces)
            }
        }
        return range.lowerBound &+ Int(truncatingIfNeeded: product.high)
    }

    /// True in `numerator` of `denominator` cases.
    public mutating func chance(_ ratio: Ratio) -> Bool {
        self.roll(0..<ratio.denominator) < ratio.numerator
    }
}

struct SplitMix64 {
    /// What the state grows by with each number.
    static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= Self.step
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
