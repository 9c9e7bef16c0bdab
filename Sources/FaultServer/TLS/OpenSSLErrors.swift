import COpenSSL

/// What OpenSSL has queued on this thread about its failures.
enum OpenSSLErrors {
    /// Takes every error from the queue, the first failure first, as OpenSSL words them.
    static func drain() -> [String] {
        var texts: [String] = []
        while true {
            var data: UnsafePointer<CChar>?
            var flags: Int32 = 0
            let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { return texts }
            let reason = ERR_reason_error_string(code).map { String(cString: $0) }
            var text = reason ?? "error \(String(code, radix: 16))"
            if flags & ERR_TXT_STRING != 0, let data, data.pointee != 0 {
                text += " (\(String(cString: data)))"
            }
            texts.append(text)
        }
    }
}

extension ServerError {
    /// A failure of OpenSSL: what could not be done, and why in OpenSSL's words.
    static func openSSL(_ failure: String, _ status: Status = .software) -> ServerError {
        let reasons = OpenSSLErrors.drain()
        let reason = reasons.isEmpty ? "OpenSSL gives no reason" : reasons.joined(separator: "; ")
        return ServerError(status, "\(failure): \(reason)")
    }
}
