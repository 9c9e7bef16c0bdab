/// The hash that seals an image (FIPS 180-4, section 6.2), fed piece by piece.
public struct SHA256: Sendable {
    /// In bytes.
    public static let digestSize = 32

    /// The eight words H of the standard.
    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
        0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
    ]
    /// What has come since the last whole block: under 64 bytes.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    /// The hash of nothing yet.
    public init() {}

    /// The 32 bytes of a digest.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }

    /// Takes the next bytes, as many as there are.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.update($0) }
    }

    /// Takes the next bytes, as many as there are.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        self.count &+= UInt64(bytes.count)
        var bytes = bytes[...]
        if !self.rest.isEmpty {
            let head = bytes.prefix(64 - self.rest.count)
            self.rest += head
            bytes = bytes[head.endIndex...]
            guard self.rest.count == 64 else { return }
            let block = self.rest
            self.rest.removeAll(keepingCapacity: true)
            block.withUnsafeBytes { self.compress($0) }
        }
        let whole = bytes.prefix(bytes.count & ~63)
        self.compress(UnsafeRawBufferPointer(rebasing: whole))
        self.rest += bytes[whole.endIndex...]
    }

    /// The 32 bytes of the digest of what has come so far; more may follow.
    public func digest() -> [UInt8] {
        var copy = self
        let zeros = (119 - self.rest.count) % 64
        copy.update([0x80] + [UInt8](repeating: 0, count: zeros))
        copy.update(withUnsafeBytes(of: (self.count &* 8).bigEndian) { Array($0) })
        return copy.state.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }

    /// - Precondition: the bytes are whole blocks of 64.
    private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
        guard var block = blocks.baseAddress, !blocks.isEmpty else { return }
        let end = block + blocks.count
        self.state.withUnsafeMutableBufferPointer { state in
            roundConstants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    // All three hold elements, so they have addresses.
                    let (h, k, w) = (
                        state.baseAddress!, constants.baseAddress!, schedule.baseAddress!
                    )
                    while block < end {
                        fillSchedule(w, from: block)
                        mix(h, w, k)
                        block += 64
                    }
                }
            }
        }
    }
}

// Plain pointers and loops, with no calls in them, keep a build without optimisation usable on
// megabytes.

/// FIPS 180-4, section 6.2.2, step 1.
private func fillSchedule(_ w: UnsafeMutablePointer<UInt32>, from block: UnsafeRawPointer) {
    var t = 0
    while t < 16 {
        w[t] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: t &* 4, as: UInt32.self))
        t &+= 1
    }
    while t < 64 {
        let x = w[t &- 15]
        let y = w[t &- 2]
        let s0 = (x &>> 7 | x &<< 25) ^ (x &>> 18 | x &<< 14) ^ x &>> 3
        let s1 = (y &>> 17 | y &<< 15) ^ (y &>> 19 | y &<< 13) ^ y &>> 10
        w[t] = w[t &- 16] &+ s0 &+ w[t &- 7] &+ s1
        t &+= 1
    }
}

/// FIPS 180-4, section 6.2.2, steps 2 to 4.
private func mix(
    _ state: UnsafeMutablePointer<UInt32>, _ w: UnsafeMutablePointer<UInt32>,
    _ k: UnsafePointer<UInt32>
) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    var t = 0
    while t < 64 {
        let s1 = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
        let first = h &+ s1 &+ (e & f ^ ~e & g) &+ k[t] &+ w[t]
        let s0 = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
        let second = s0 &+ (a & b ^ a & c ^ b & c)
        h = g
        g = f
        f = e
        e = d &+ first
        d = c
        c = b
        b = a
        a = first &+ second
        t &+= 1
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
}

/// The words K of FIPS 180-4, section 4.2.2.
private let roundConstants: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
    0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE,
    0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F,
    0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA, 0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
    0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC,
    0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070, 0x19A4_C116,
    0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7,
    0xC671_78F2,
]
