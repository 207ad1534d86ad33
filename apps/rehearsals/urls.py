app_name = "rehearsals"
urlpatterns = []
