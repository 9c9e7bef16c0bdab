import COpenSSL

/// Why a key cannot be had or used, in one sentence.
public struct SigningError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }

    /// A failure of OpenSSL: what could not be done, and why in OpenSSL's words.
    static func openSSL(_ failure: String) -> SigningError {
        let code = ERR_get_error()
        ERR_clear_error()
        let reason = ERR_reason_error_string(code).map { String(cString: $0) }
        return SigningError("\(failure): \(reason ?? "OpenSSL gives no reason").")
    }
}
