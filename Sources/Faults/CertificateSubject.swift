public import FaultKit

/// Presents a certificate with other attributes in its subject, or with none.
public struct CertificateSubject: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-subject",
        summary: "presents a certificate with other attributes in its subject, or with none",
        requirement:
            "The client looks for the host among the names, and at the rest of the subject not at all (RFC 9525 §2).",
        knobs: [
            .init(
                "attributes",
                "such as O=Example or C=DE, or a list; or none: there is no subject at all")
        ],
        example: ["attributes": "O=Example"])

    private let attributes: [Attribute]

    /// Reads `attributes`.
    public init(_ knobs: inout Knobs) throws {
        self.attributes = try knobs.readList("attributes")
        guard !self.attributes.isEmpty else {
            throw KnobError(
                knob: "attributes", "'attributes' is missing; write such as O=Example, or none")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        let attributes = self.attributes.compactMap(\.value)
        handshake.certificate.subject = attributes
        if attributes.isEmpty { handshake.certificate.commonName = "" }
    }
}

private struct Attribute: KnobValue {
    static let form = "C=, ST=, L=, O=, OU= or emailAddress= and a text, or none"

    /// Nil: none.
    let value: Certificate.Attribute?

    init?(knob text: String) {
        guard text != "none" else {
            self.value = nil
            return
        }
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["C", "ST", "L", "O", "OU", "emailAddress"].contains(parts[0]),
            (1...64).contains(parts[1].utf8.count), parts[0] != "C" || parts[1].utf8.count == 2
        else { return nil }
        self.value = Certificate.Attribute(parts[0], parts[1])
    }
}
