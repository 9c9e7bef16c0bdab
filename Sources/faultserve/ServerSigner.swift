import FaultKit
import FaultServer
import FirmwareImage
import ImageSigning
import NIOConcurrencyHelpers

/// Signs images for faults: with the user's key, or with one that nobody trusts.
struct ServerSigner: ImageSigner {
    private let own: SigningKey?
    /// Made when it is first asked for: an RSA key takes a good part of a second.
    private let strangers = NIOLockedValueBox<[SignatureScheme: SigningKey]>([:])

    init(own: SigningKey?) { self.own = own }

    var hasOwnKey: Bool { self.own != nil }

    func signatureBlock(
        for digest: [UInt8], by signatory: Signatory, replacing old: [UInt8]? = nil
    ) throws -> [UInt8] {
        do {
            return try self.key(of: signatory, replacing: old).sign(digest: digest).bytes
        } catch let error as SigningError {
            throw ImageError(error.description)
        }
    }

    private func key(of signatory: Signatory, replacing old: [UInt8]?) throws -> SigningKey {
        switch signatory {
        case .own:
            guard let own else {
                throw ImageError("there is no key to sign with; give one with --sign-key")
            }
            return own
        case .stranger:
            // Of the same scheme, so that nothing but the key is another.
            let old = old.flatMap { SignatureBlock($0)?.scheme }
            let scheme = old ?? self.own?.scheme ?? .rsa3072
            return try self.strangers.withLockedValue { keys in
                let key = try keys[scheme] ?? SigningKey.generate(scheme)
                keys[scheme] = key
                return key
            }
        }
    }

    /// An image, signed if there is a key.
    func signed(_ image: [UInt8]) throws -> [UInt8] {
        guard let own else { return image }
        let layout = SignatureLayout(of: image)
        return try image.prefix(layout.contentSize)
            + layout.tail(signing: layout.digest(of: image), with: own)
    }
}
