import COpenSSL
import FaultKit
import NIOCore

/// A certificate before it is signed: a recipe, the key that it is for, and what the key may do.
struct CertificateDraft {
    let recipe: Certificate
    let key: PrivateKey
    /// Extensions but the names, as OpenSSL's configuration files write them, in their order.
    let extensions: [(id: Int32, value: String)]
    /// Whose subject it has instead of the recipe's CN.
    var namesake: X509Certificate?

    /// The certificate of a TLS server, or an intermediate CA, as the recipe says.
    static func chained(_ recipe: Certificate, key: PrivateKey) -> CertificateDraft {
        var constraints = recipe.isAuthority ? "critical,CA:TRUE" : "CA:FALSE"
        if let length = recipe.pathLength { constraints += ",pathlen:\(length)" }
        var extensions = [(NID_basic_constraints, constraints)]
        if !recipe.keyUsage.isEmpty {
            extensions.append(
                (NID_key_usage, "critical," + recipe.keyUsage.joined(separator: ",")))
        }
        if !recipe.extendedKeyUsage.isEmpty {
            extensions.append(
                (NID_ext_key_usage, recipe.extendedKeyUsage.joined(separator: ",")))
        }
        extensions += [
            (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid"),
        ]
        return CertificateDraft(recipe: recipe, key: key, extensions: extensions)
    }

    /// The certificate of a CA.
    static func authority(_ recipe: Certificate, key: PrivateKey) -> CertificateDraft {
        CertificateDraft(
            recipe: recipe, key: key,
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE"),
                (NID_key_usage, "critical,keyCertSign,cRLSign"),
                (NID_subject_key_identifier, "hash"),
            ])
    }

    /// What `openssl req -x509` makes with Debian's openssl.cnf.
    static func selfSigned(_ recipe: Certificate, key: PrivateKey) -> CertificateDraft {
        CertificateDraft(
            recipe: recipe, key: key,
            extensions: [
                (NID_subject_key_identifier, "hash"),
                (NID_authority_key_identifier, "keyid"),
                (NID_basic_constraints, "critical,CA:TRUE"),
            ])
    }

    /// Signs it.
    /// - Parameters:
    ///   - issuer: who signs; nil if it signs itself.
    ///   - now: the moment from which the recipe counts, in seconds since 1970.
    func signed(by issuer: Issuer? = nil, at now: Int) throws(ServerError) -> X509Certificate {
        guard let blank = X509_new() else { throw .openSSL("cannot make a certificate") }
        do {
            try self.fill(blank, issuer: issuer, at: now)
            let signer = issuer?.key ?? self.key
            // A key whose algorithm has a digest of its own takes no other.
            let digest = signer.digest == nil ? nil : self.recipe.digest.pointer
            try Self.check("sign the certificate", X509_sign(blank, signer.pointer, digest))
        } catch {
            X509_free(blank)
            throw error
        }
        return X509Certificate(owning: blank)
    }

    private func fill(
        _ blank: OpaquePointer, issuer: Issuer?, at now: Int
    ) throws(ServerError) {
        try Self.check("set the version", X509_set_version(blank, Int(X509_VERSION_3)))
        try Self.check("set the key", X509_set_pubkey(blank, self.key.pointer))
        try Self.setSerialNumber(of: blank)
        try self.setSubject(of: blank)
        let signer = issuer?.certificate.pointer ?? blank
        try Self.check(
            "set the issuer", X509_set_issuer_name(blank, X509_get_subject_name(signer)))
        try Self.set(X509_getm_notBefore(blank), to: self.recipe.notBefore, at: now)
        try Self.set(X509_getm_notAfter(blank), to: self.recipe.notAfter, at: now)
        for (id, value) in self.extensions {
            // Some CAs have no key identifier that could be pointed at.
            if id == NID_authority_key_identifier,
                X509_get_ext_by_NID(signer, NID_subject_key_identifier, -1) < 0
            {
                continue
            }
            try Self.add(id, value, to: blank, issuer: signer)
        }
        try self.addNames(to: blank)
    }

    /// A random positive number of 127 bits: two certificates of one issuer never share it
    /// (RFC 5280 §4.1.2.2).
    private static func setSerialNumber(of blank: OpaquePointer) throws(ServerError) {
        let number = BN_new()
        defer { BN_free(number) }
        try Self.check(
            "roll a serial number", BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY))
        let isSet = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(blank)) != nil
        try Self.check("set the serial number", isSet ? 1 : 0)
    }

    /// A CN of any length: a recipe may break the limit of 64 that OpenSSL guards when it is told
    /// that the text is a string in UTF-8, but not when it is told the ASN.1 type.
    private func setSubject(of blank: OpaquePointer) throws(ServerError) {
        if let namesake {
            return try Self.check(
                "copy the subject",
                X509_set_subject_name(blank, X509_get_subject_name(namesake.pointer)))
        }
        guard !self.recipe.commonName.isEmpty else { return }
        let text = Array(self.recipe.commonName.utf8)
        try Self.check(
            "set the CN",
            X509_NAME_add_entry_by_NID(
                X509_get_subject_name(blank), NID_commonName, V_ASN1_UTF8STRING, text,
                Int32(text.count), -1, 0))
    }

    private static func set(
        _ time: UnsafeMutablePointer<ASN1_TIME>?, to offset: TimeAmount, at now: Int
    ) throws(ServerError) {
        let seconds = Int(offset.nanoseconds / 1_000_000_000)
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let isSet = ASN1_TIME_adj(time, now, Int32(days), rest) != nil
        try Self.check("set the dates", isSet ? 1 : 0)
    }

    private static func add(
        _ id: Int32, _ value: String, to blank: OpaquePointer, issuer: OpaquePointer
    ) throws(ServerError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, blank, nil, nil, 0)
        let made = X509V3_EXT_nconf_nid(nil, &context, id, value)
        defer { X509_EXTENSION_free(made) }
        let isAdded = made != nil && X509_add_ext(blank, made, -1) == 1
        try Self.check("add the extension \(value)", isAdded ? 1 : 0)
    }

    /// The names as the recipe has them. Critical if there is no subject (RFC 5280 §4.2.1.6).
    private func addNames(to blank: OpaquePointer) throws(ServerError) {
        guard !self.recipe.names.isEmpty else { return }
        let stack = OPENSSL_sk_new_null()
        defer { GENERAL_NAMES_free(stack) }
        for name in self.recipe.names {
            OPENSSL_sk_push(stack, try Self.generalName(name))
        }
        let isCritical: Int32 = self.recipe.commonName.isEmpty ? 1 : 0
        try Self.check(
            "add the names",
            X509_add1_ext_i2d(
                blank, NID_subject_alt_name, UnsafeMutableRawPointer(stack), isCritical, 0))
    }

    private static func generalName(
        _ name: SubjectAltName
    ) throws(ServerError) -> UnsafeMutablePointer<GENERAL_NAME> {
        let kind: Int32
        let bytes: [UInt8]
        let value: UnsafeMutablePointer<ASN1_STRING>?
        switch name {
        case .dns(let text):
            (kind, bytes) = (GEN_DNS, Array(text.utf8))
            value = ASN1_STRING_type_new(V_ASN1_IA5STRING)
        case .ip(let text):
            guard let address = HostAddress(text) else {
                throw ServerError(.data, "'\(text)' is no IP address that a certificate can hold")
            }
            (kind, bytes) = (GEN_IPADD, address.bytes)
            value = ASN1_STRING_type_new(V_ASN1_OCTET_STRING)
        }
        guard let value, let general = GENERAL_NAME_new() else {
            preconditionFailure("no memory for a name")
        }
        ASN1_STRING_set(value, bytes, Int32(bytes.count))
        GENERAL_NAME_set0_value(general, kind, value)
        return general
    }

    /// - Parameter result: what OpenSSL answered; not positive means failed.
    private static func check(_ step: String, _ result: Int32) throws(ServerError) {
        guard result > 0 else { throw .openSSL("cannot \(step)") }
    }
}

extension Certificate.Digest {
    fileprivate var pointer: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}
