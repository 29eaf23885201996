"""What a browser sends about its subscription."""

from app.core.forms import Form, Line, Yes


class DeviceForm(Form):
    """A subscription: where to push to, the keys of the device, and our own key that it was made with.

    asked: the person wants it to ring, and it is not only on the list still.
    """

    endpoint = Line(longest=1024, required=True)
    p256dh = Line(longest=120, required=True)
    auth = Line(longest=40, required=True)
    key = Line(longest=120, required=True)
    asked = Yes()


class ShownForm(Form):
    """What the worker has shown: the id of the notification and, after a dot, of the device."""

    id = Line(longest=60, required=True)
