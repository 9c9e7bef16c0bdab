import COpenSSL
import FaultKit

extension CertificateDraft {
    /// The names as the recipe has them. Critical if there is no subject (RFC 5280 §4.2.1.6).
    func addNames(to blank: OpaquePointer) throws(ServerError) {
        let isGarbled = self.recipe.oddities.contains(.garbledNames)
        guard !self.recipe.names.isEmpty, !isGarbled else { return }
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

    /// Adds names in a sequence that says that it is longer than it is.
    static func addGarbledNames(to certificate: OpaquePointer) throws(ServerError) {
        try Self.addRaw(
            OBJ_dup(OBJ_nid2obj(NID_subject_alt_name)), isCritical: false,
            [0x30, 0x7F, 0x82, 0x20, 0x00], to: certificate)
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
        case .uri(let text):
            (kind, bytes) = (GEN_URI, Array(text.utf8))
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
}

extension SubjectAltName {
    /// As OpenSSL's configuration has a subtree of names: an address needs its mask.
    var subtree: String {
        guard case .ip(let text) = self else { return self.description }
        let isLong = text.contains(":")
        let mask =
            isLong
            ? Array(repeating: "ffff", count: 8).joined(separator: ":") : "255.255.255.255"
        return "IP:\(text)/\(mask)"
    }
}
