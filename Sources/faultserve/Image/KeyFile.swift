import FaultServer
import ImageSigning

/// A PEM file with a key in it.
struct KeyFile {
    let input: InputFile

    init(_ path: String) throws(ServerError) { self.input = try InputFile(path) }

    func signingKey() throws(ServerError) -> SigningKey {
        do throws(SigningError) {
            return try SigningKey(pem: self.input.bytes, name: self.input.path)
        } catch {
            throw ServerError(.data, error.description)
        }
    }

    func verificationKey() throws(ServerError) -> VerificationKey {
        do throws(SigningError) {
            return try VerificationKey(pem: self.input.bytes, name: self.input.path)
        } catch {
            throw ServerError(.data, error.description)
        }
    }
}
