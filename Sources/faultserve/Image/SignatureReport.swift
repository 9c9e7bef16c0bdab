import FirmwareImage

/// What `faultserve image verify` finds.
struct SignatureReport: Encodable, CustomStringConvertible {
    struct Block: Encodable {
        enum CodingKeys: String, CodingKey {
            case block, scheme, crc, digest, signature
            case keyDigest = "key_digest"
        }

        /// Where it stands: 0, 1 or 2.
        let block: Int
        let scheme: String
        /// In hexadecimal.
        let keyDigest: String?
        let crc: String
        let digest: String
        let signature: String

        init(_ check: SignatureCheck) {
            func word(_ isRight: Bool) -> String { isRight ? "right" : "wrong" }
            self.block = check.slot
            self.scheme = check.block.scheme?.rawValue ?? "unknown scheme"
            self.keyDigest = check.block.keyDigest?.hexadecimalDigits
            self.crc = word(check.isCRCRight)
            self.digest = check.isDigestRight.map(word) ?? "not checked"
            self.signature =
                check.isSignatureRight.map(word)
                ?? (check.block.scheme == nil ? "not checked" : "key not given")
        }
    }

    let file: String
    let blocks: [Block]
    let valid: Bool
    let verdict: String

    /// - Parameter hasKeys: whether keys were given to trust.
    init(_ checks: [SignatureCheck], file: String, hasKeys: Bool) {
        self.file = file
        self.blocks = checks.map(Block.init)
        let broken = checks.filter(\.isBroken).map { "block \($0.slot)" }
        let holding = checks.filter(\.holds).map { "block \($0.slot)" }
        self.valid = broken.isEmpty && !holding.isEmpty
        if !broken.isEmpty {
            self.verdict = "not valid: " + broken.joined(separator: ", ") + " refused"
        } else if !holding.isEmpty {
            self.verdict =
                "valid: " + holding.joined(separator: ", ") + " verified"
                + (hasKeys ? "" : " with the key in the block; give --key to see whose it is")
        } else {
            self.verdict =
                "not valid: "
                + (hasKeys ? "no block is signed with a given key" : "no block can be checked")
        }
    }

    /// A line a block, and the verdict.
    var description: String {
        let lines = self.blocks.map { block in
            "block \(block.block): \(block.scheme), key \(block.keyDigest ?? "unknown"), "
                + "CRC \(block.crc), digest \(block.digest), "
                + (block.signature == "key not given"
                    ? block.signature : "signature \(block.signature)")
        }
        return (lines + ["\(self.file): \(self.verdict)"]).joined(separator: "\n")
    }
}
