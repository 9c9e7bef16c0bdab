import FaultKit
import FaultServer
import FirmwareImage
import ImageSigning
import NIOConcurrencyHelpers

/// Signs images for faults: with the user's key, or with one that nobody trusts.
struct ServerSigner: ImageSigner {
    private let own: SigningKey?
    /// Made when it is first asked for: an RSA key takes a good part of a second.
    private let stranger = NIOLockedValueBox<SigningKey?>(nil)

    init(own: SigningKey?) { self.own = own }

    var hasOwnKey: Bool { self.own != nil }

    func signatureBlock(for digest: [UInt8], by signatory: Signatory) throws -> [UInt8] {
        do {
            return try self.key(of: signatory).sign(digest: digest).bytes
        } catch let error as SigningError {
            throw ImageError(error.description)
        }
    }

    private func key(of signatory: Signatory) throws -> SigningKey {
        switch signatory {
        case .own:
            guard let own else {
                throw ImageError("there is no key to sign with; give one with --sign-key")
            }
            return own
        case .stranger:
            return try self.stranger.withLockedValue { key in
                // Of the user's scheme, so that nothing but the key is another.
                let made = try key ?? SigningKey.generate(self.own?.scheme ?? .rsa3072)
                key = made
                return made
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
