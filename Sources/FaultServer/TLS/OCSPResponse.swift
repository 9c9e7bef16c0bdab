import COpenSSL
import FaultKit

/// An OCSP response that a CA gives of a certificate (RFC 6960).
enum OCSPResponse {
    /// - Parameter now: in seconds since 1970.
    /// - Returns: DER, or garbage.
    /// - Throws: ``ServerError`` if OpenSSL makes none.
    static func bytes(
        _ kind: Handshake.Staple, for leaf: X509Certificate, by issuer: Issuer, at now: Int
    ) throws(ServerError) -> [UInt8] {
        guard kind != .garbage else { return Array("this is no OCSP response".utf8) }
        let subject = kind == .unrelated ? issuer.certificate : leaf
        let id = OCSP_cert_to_id(EVP_sha1(), subject.pointer, issuer.certificate.pointer)
        let basic = OCSP_BASICRESP_new()
        defer {
            OCSP_CERTID_free(id)
            OCSP_BASICRESP_free(basic)
        }
        let status =
            switch kind {
            case .revoked: V_OCSP_CERTSTATUS_REVOKED
            case .unknown: V_OCSP_CERTSTATUS_UNKNOWN
            case .good, .expired, .unrelated, .garbage: V_OCSP_CERTSTATUS_GOOD
            }
        let isOld = kind == .expired
        let (revoked, begin, end) = (
            ASN1_GENERALIZEDTIME_adj(nil, now, -2, 0),
            ASN1_GENERALIZEDTIME_adj(nil, now, isOld ? -9 : 0, -3600),
            ASN1_GENERALIZEDTIME_adj(nil, now, isOld ? -2 : 7, 0)
        )
        defer { for time in [revoked, begin, end] { ASN1_GENERALIZEDTIME_free(time) } }
        let isMade =
            OCSP_basic_add1_status(
                basic, id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                kind == .revoked ? revoked : nil, begin, end) != nil
            && OCSP_basic_sign(
                basic, issuer.certificate.pointer, issuer.key.pointer,
                issuer.key.digest, nil, 0) == 1
        guard isMade,
            let response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic)
        else { throw .openSSL("cannot make an OCSP response") }
        defer { OCSP_RESPONSE_free(response) }
        var der: UnsafeMutablePointer<UInt8>?
        let count = i2d_OCSP_RESPONSE(response, &der)
        guard count > 0, let der else { throw .openSSL("cannot write an OCSP response") }
        defer { CRYPTO_free(der, nil, 0) }
        return Array(UnsafeBufferPointer(start: der, count: Int(count)))
    }
}
