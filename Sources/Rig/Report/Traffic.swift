/// How many bytes the server has sent by which time: points of a curve, of which few are kept.
public struct Traffic: Sendable {
    public struct Point: Sendable, Hashable {
        public let milliseconds: Double
        /// Since the run began.
        public let bytes: Int
    }

    /// The most points that are kept.
    static let limit = 200

    public private(set) var points: [Point] = []
    /// Each how manieth point is kept.
    private var stride = 1
    private var count = 0

    public init() {}

    mutating func add(_ bytes: Int, at milliseconds: Double) {
        self.count += 1
        guard self.count.isMultiple(of: self.stride) else { return }
        self.points.append(Point(milliseconds: milliseconds, bytes: bytes))
        guard self.points.count == Self.limit else { return }
        // The curve keeps its shape, and its points become half as dense.
        self.points = self.points.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(
            \.element)
        self.stride *= 2
    }
}
