import FaultKit
import Faults
import Testing

@Suite struct GroupsTests {
    @Test func theyAreTheOnesOfTheList() throws {
        #expect(EditedHandshake.by(try Groups(["list": "P-521,X448"])).groups == "P-521:X448")
        #expect(Groups.complaint([:])?.knob == "list")
    }
}
