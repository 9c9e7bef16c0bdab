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
        if !recipe.permitted.isEmpty {
            extensions.append(
                (NID_name_constraints, "critical," + Self.subtrees(of: recipe.permitted)))
        }
        extensions += [
            (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid"),
        ]
        return CertificateDraft(recipe: recipe, key: key, extensions: extensions)
    }

    /// The certificate of a CA. What it permits is not critical, though RFC 5280 §4.2.1.10 wants it so: Mbed TLS takes
    /// no certificate with critical name constraints.
    static func authority(_ recipe: Certificate, key: PrivateKey) -> CertificateDraft {
        var extensions = [
            (NID_basic_constraints, "critical,CA:TRUE"),
            (NID_key_usage, "critical,keyCertSign,cRLSign"),
            (NID_subject_key_identifier, "hash"),
        ]
        if !recipe.permitted.isEmpty {
            extensions.append((NID_name_constraints, Self.subtrees(of: recipe.permitted)))
        }
        return CertificateDraft(recipe: recipe, key: key, extensions: extensions)
    }

    /// A kind of name of which there is none here would be free for all, so that addresses are excluded by name.
    private static func subtrees(of permitted: [SubjectAltName]) -> String {
        let hasAddress = permitted.contains { if case .ip = $0 { true } else { false } }
        let excluded = hasAddress ? [] : ["IP:0.0.0.0/0.0.0.0", "IP:::/::"]
        return (permitted.map { "permitted;\($0.subtree)" } + excluded.map { "excluded;\($0)" })
            .joined(separator: ",")
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
            try self.checkDigest(for: signer)
            try Self.check("sign the certificate", X509_sign(blank, signer.pointer, digest))
            if self.recipe.oddities.contains(.garbledNames) {
                // OpenSSL offers no suites with a certificate that it cannot read itself, so that it reads
                // this one before it is spoilt.
                X509_check_purpose(blank, -1, 0)
                try Self.addGarbledNames(to: blank)
                try Self.check("sign the certificate", X509_sign(blank, signer.pointer, digest))
            }
            if self.recipe.oddities.contains(.brokenSignature) { Self.breakSignature(of: blank) }
        } catch {
            X509_free(blank)
            throw error
        }
        return X509Certificate(owning: blank)
    }

    private func fill(
        _ blank: OpaquePointer, issuer: Issuer?, at now: Int
    ) throws(ServerError) {
        let oddities = self.recipe.oddities
        let version = oddities.contains(.version1) ? X509_VERSION_1 : X509_VERSION_3
        try Self.check("set the version", X509_set_version(blank, Int(version)))
        try Self.check("set the key", X509_set_pubkey(blank, self.key.pointer))
        try self.setSerialNumber(of: blank)
        try self.setSubject(of: blank)
        let signer = issuer?.certificate.pointer ?? blank
        try Self.check(
            "set the issuer", X509_set_issuer_name(blank, X509_get_subject_name(signer)))
        try Self.set(X509_getm_notBefore(blank), to: self.recipe.notBefore, at: now)
        try Self.set(X509_getm_notAfter(blank), to: self.recipe.notAfter, at: now)
        guard !oddities.contains(.version1) else { return }
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
        if oddities.contains(.unknownCritical) {
            try Self.addUnknown("1.3.6.1.4.1.32473.1", isCritical: true, size: 4, to: blank)
        }
        if self.recipe.padding > 0 {
            try Self.addUnknown(
                "1.3.6.1.4.1.32473.2", isCritical: false, size: self.recipe.padding, to: blank)
        }
    }

    /// Adds an extension of an organisation that exists in examples only (RFC 5612).
    private static func addUnknown(
        _ id: String, isCritical: Bool, size: Int, to blank: OpaquePointer
    ) throws(ServerError) {
        try Self.addRaw(
            OBJ_txt2obj(id, 1), isCritical: isCritical,
            [UInt8](repeating: UInt8(ascii: "x"), count: size), to: blank)
    }

    static func addRaw(
        _ id: OpaquePointer?, isCritical: Bool, _ bytes: [UInt8], to blank: OpaquePointer
    ) throws(ServerError) {
        let value = ASN1_STRING_type_new(V_ASN1_OCTET_STRING)
        ASN1_STRING_set(value, bytes, Int32(bytes.count))
        let made = X509_EXTENSION_create_by_OBJ(nil, id, isCritical ? 1 : 0, value)
        defer {
            ASN1_OBJECT_free(id)
            ASN1_STRING_free(value)
            X509_EXTENSION_free(made)
        }
        let isAdded = made != nil && X509_add_ext(blank, made, -1) == 1
        try Self.check("add an extension", isAdded ? 1 : 0)
    }

    private func checkDigest(for signer: PrivateKey) throws(ServerError) {
        guard self.recipe.digest == .md5, EVP_PKEY_get_base_id(signer.pointer) == EVP_PKEY_EC else {
            return
        }
        throw ServerError(
            .data, "there is no ECDSA over MD5; give a CA with an RSA key by --cert and --key")
    }

    /// Turns the last bit of the issuer's signature over.
    private static func breakSignature(of certificate: OpaquePointer) {
        var signature: UnsafePointer<ASN1_BIT_STRING>?
        X509_get0_signature(&signature, nil, certificate)
        let count = Int(ASN1_STRING_length(signature))
        // OpenSSL's own buffer, of a certificate that nobody else has seen yet.
        UnsafeMutablePointer(mutating: ASN1_STRING_get0_data(signature))?[count - 1] ^= 1
    }

    /// A random positive number of 127 bits: two certificates of one issuer never share it
    /// (RFC 5280 §4.1.2.2).
    private func setSerialNumber(of blank: OpaquePointer) throws(ServerError) {
        let number = BN_new()
        defer { BN_free(number) }
        if !self.recipe.oddities.contains(.zeroSerial) {
            let bits: Int32 = self.recipe.oddities.contains(.longSerial) ? 239 : 127
            try Self.check(
                "roll a serial number", BN_rand(number, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY))
        }
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
        for attribute in self.recipe.subject {
            try Self.check(
                "set the subject's \(attribute.name)",
                X509_NAME_add_entry_by_txt(
                    X509_get_subject_name(blank), attribute.name, fs_mbstring_utf8, attribute.value,
                    Int32(attribute.value.utf8.count), -1, 0))
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

    /// - Parameter result: what OpenSSL answered; not positive means failed.
    static func check(_ step: String, _ result: Int32) throws(ServerError) {
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
