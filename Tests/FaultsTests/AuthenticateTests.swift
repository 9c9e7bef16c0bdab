import FaultKit
import Faults
import Testing

@Suite struct AuthenticateTests {
    @Test(arguments: [
        ("basic", "Basic realm=\"r\""), ("bearer", "Bearer realm=\"r\""),
        ("digest", "Digest realm=\"r\", qop=\"auth\", algorithm=SHA-256, nonce=\""),
    ])
    func asksForALogin(scheme: String, challenge: String) throws {
        let response = EditedResponse.whole(try Authenticate(["scheme": scheme, "realm": "r"]))
        #expect(response.status == 401)
        #expect(response.fields["WWW-Authenticate"]?.hasPrefix(challenge) == true)
        #expect(response.fields["Content-Length"] == "\(response.body.count)")
        #expect(response.fields["ETag"] == nil)
    }

    @Test func mayNotSayWhichKind() throws {
        let response = EditedResponse.whole(try Authenticate(["scheme": "none"]))
        #expect(response.status == 401 && response.fields["WWW-Authenticate"] == nil)
    }

    @Test func aRealmIsQuotedText() {
        #expect(Authenticate.complaint(["realm": "a\"b"])?.knob == "realm")
        #expect(Authenticate.complaint(["scheme": "ntlm"])?.knob == "scheme")
    }
}
