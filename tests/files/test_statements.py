"""What files cost a conversation: nothing where nobody sent any, one statement for a page of messages otherwise."""
import pytest

from tests.files.sending import photo

PLACES = (("maja", "/questions/{}"), ("maja", "/questions/{}/messages"), ("ines", "/desk/tickets/{}/messages"))


@pytest.mark.parametrize(("who", "place"), PLACES)
def test_files_cost_one_statement_however_many(desk, sender, count_statements, who, place):
    ticket_id, maja, reader = desk.taken(), sender("maja"), desk.client_of(desk.app, who)

    def cost() -> int:
        assert reader.get(place.format(ticket_id)).status_code == 200
        with count_statements(desk.app) as count:
            assert reader.get(place.format(ticket_id)).status_code == 200
        return count.total

    def send(number: int, *keys: str) -> None:
        assert maja.says(f"/questions/{ticket_id}/messages", *keys, number=number).status_code == 303

    send(1)
    bare = cost()
    send(2, maja.upload("photo.jpg", photo()))
    assert cost() == bare + 1
    for number in range(3, 6):
        send(number, maja.upload("photo.jpg", photo()), maja.upload("label.pdf", b"%PDF-1.4\n"))
    assert cost() == bare + 1
